"use strict";
// Follows what is under way: replaces the part marked data-refresh, and opens the page anew when it is over.
(() => {
  const EVERY = 1500;
  const part = () => document.querySelector("[data-refresh]");

  async function look() {
    const response = await fetch(location.href, { credentials: "same-origin" });
    const next = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-refresh]");
    if (!next) {
      location.reload();
      return;
    }
    part().replaceChildren(...next.childNodes);
    setTimeout(again, EVERY);
  }

  function again() {
    look().catch(() => setTimeout(again, EVERY * 4));
  }

  if (part()) setTimeout(again, EVERY);
})();
