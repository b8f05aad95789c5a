// The chat page with JavaScript: questions without reloading, and answers that come later.
"use strict";
(() => {
  const form = document.getElementById("ask");
  const log = document.getElementById("log");
  const field = document.getElementById("text");
  const state = document.getElementById("state");
  const send = form.querySelector("button");
  const { user, late, busy, expired } = form.dataset;
  const kept = "zhengda.log";
  let waiting = false;
  let unsent = {};

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  const day = (iso) => {
    const [year, month, date] = iso.split("-").map(Number);
    return `${year}年${month}月${date}日`;
  };

  const sourceItem = (source) => {
    const item = make("li");
    if (/^https?:\/\//.test(source.url)) {
      const link = make("a", "source-title", source.title);
      link.href = source.url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.append(make("span", "hidden", "（在新窗口打开）"));
      item.append(link);
    } else {
      item.append(make("span", "source-title", source.title));
    }
    const facts = make("span", "source-facts");
    for (const fact of [source.number, source.issuer, source.published_on && day(source.published_on)]) {
      if (fact) facts.append(make("span", "", fact));
    }
    facts.append(make("span", source.status === "现行有效" ? "validity" : "validity past", source.status));
    item.append(facts);
    if (source.heading) item.append(make("span", "source-place", source.heading));
    return item;
  };

  // an answer quotes its first source; candidates quote none
  const sourceLists = ({ status, sources }) => {
    const quoted = status.startsWith("answered") ? 1 : 0;
    const parts = [["依据", sources.slice(0, quoted)], ["相关文件", sources.slice(quoted)]];
    return parts.filter(([, each]) => each.length).map(([title, each]) => sourceList(title, each));
  };

  const sourceList = (title, sources) => {
    const section = make("section", "sources");
    const list = make("ul");
    list.append(...sources.map(sourceItem));
    section.append(make("h3", "", title), list);
    return section;
  };

  const optionList = (options) => {
    const row = make("div", "options");
    for (const option of options) {
      const button = make("button");
      button.type = "button";
      button.append(make("span", "key", option.key), option.label);
      if (option.detail) button.append(make("small", "", option.detail));
      button.addEventListener("click", () => ask(option.key, option.label));
      row.append(button);
    }
    return row;
  };

  const retireOptions = () => {
    for (const button of log.querySelectorAll(".options button")) button.disabled = true;
  };

  const showQuestion = (text) => {
    const article = make("article", "message mine");
    article.append(make("h2", "hidden", "您的问题"), make("p", "text", text));
    log.append(article);
    return article;
  };

  const showReply = (reply, isLate) => {
    const article = make("article", isLate ? "message theirs late" : "message theirs");
    const heading = make("h2", "hidden", isLate ? "新的答复" : "答复");
    heading.tabIndex = -1;
    article.append(heading);
    if (isLate) article.append(make("p", "from", "新的答复"));
    article.append(make("p", "text", reply.text || late));
    if (reply.sources?.length) article.append(...sourceLists(reply));
    if (reply.options?.length) article.append(optionList(reply.options));
    log.append(article);
    return heading;
  };

  // the conversation survives a reload of this tab, and ends with it
  const remembered = () => {
    try {
      return JSON.parse(sessionStorage.getItem(kept)) || [];
    } catch {
      return [];
    }
  };

  const remember = (entry) => {
    try {
      sessionStorage.setItem(kept, JSON.stringify([...remembered(), entry].slice(-60)));
    } catch {
      // a browser that keeps nothing still chats
    }
  };

  const post = async (id, text) => {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user, text, id }),
    });
    if (response.status === 403) throw new Error(expired);
    const reply = await response.json();
    if (!response.ok) throw new Error(reply.text || busy);
    return reply;
  };

  const settle = (message) => {
    waiting = false;
    send.disabled = false;
    state.textContent = message;
  };

  const identity = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function ask(text, label) {
    if (waiting) return;
    waiting = true;
    send.disabled = true;
    state.textContent = "正在查询，请稍候…";
    // a text that is sent again after an error keeps its identity, so that the office gets it once
    if (unsent.text !== text) unsent = { text, id: identity() };
    const question = showQuestion(label);
    question.scrollIntoView({ block: "start" });
    try {
      const reply = await post(unsent.id, text);
      unsent = {};
      retireOptions();
      remember({ question: label });
      remember({ reply });
      settle("");
      if (field.value.trim() === text) field.value = "";
      showReply(reply, false).focus({ preventScroll: true });
      question.scrollIntoView({ block: "start" });
    } catch (error) {
      question.remove();
      settle(error instanceof TypeError || error instanceof SyntaxError ? busy : error.message);
      field.focus();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text) ask(text, text);
  });

  field.addEventListener("keydown", (event) => {
    // Enter also ends a word in an input method: then it must not send
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });

  if (!log.querySelector(".mine")) {
    log.setAttribute("aria-live", "off");
    for (const entry of remembered()) {
      if (entry.question) showQuestion(entry.question);
      else showReply(entry.reply, entry.late);
    }
    const rows = log.querySelectorAll(".options");
    retireOptions();
    if (rows.length && log.lastElementChild.contains(rows[rows.length - 1])) {
      for (const button of rows[rows.length - 1].children) button.disabled = false;
    }
    log.setAttribute("aria-live", "polite");
    if (rows.length) log.lastElementChild.scrollIntoView({ block: "end" });
  }

  const shortest = 5000;
  const longest = 60000;
  let pause = shortest;

  const listen = () => {
    const events = new EventSource(`/api/chat/events?user=${encodeURIComponent(user)}`);
    events.addEventListener("open", () => {
      pause = shortest;
    });
    // a browser reconnects by itself after a lost connection, but never after an error status such as 502
    events.addEventListener("error", () => {
      if (events.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, pause);
      pause = Math.min(pause * 2, longest);
    });
    events.addEventListener("message", (event) => {
      const reply = JSON.parse(event.data);
      showReply(reply, true).parentElement.scrollIntoView({ block: "nearest" });
      remember({ reply, late: true });
    });
  };
  listen();
})();
