// Keeps the number beside 队列 up to date while a page is open; without it the number stands on the pages themselves.
(() => {
  const EVERY = 30_000;
  const place = document.querySelector("[data-badge]");

  async function look() {
    if (!document.hidden) {
      const response = await fetch(place.dataset.badge, { credentials: "same-origin", redirect: "error" });
      if (!response.ok) return;
      const { open, overdue, words } = await response.json();
      place.textContent = overdue ? `${overdue}/${open}` : open;
      place.classList.toggle("overdue", overdue > 0);
      place.title = words;
      place.hidden = !open;
    }
    setTimeout(again, EVERY);
  }

  function again() {
    look().catch(() => setTimeout(again, EVERY * 4));
  }

  if (place) again();
})();
