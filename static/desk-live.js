/* A page of the desk about something under way reads itself again and shows what changed. Without this script its link
   "See how far it is now" does the same by hand. What has the focus is left alone until it is over, and nothing is read while the page is hidden. */
"use strict";
(() => {
  const SECONDS = 2;
  const MOST = 60;
  let wait = SECONDS;

  const isUnderWay = (page) => page.querySelector("[data-under-way]") !== null;

  const show = (fresh, over) => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(old.id);
      const same = next !== null && old.dataset.live !== "" && old.dataset.live === next.dataset.live;
      const inUse = old.contains(document.activeElement);
      if (next === null || same || (inUse && !over) || old.innerHTML === next.innerHTML) {
        continue;
      }
      old.dataset.live = next.dataset.live;
      old.replaceChildren(...next.childNodes);
      if (inUse) {
        document.getElementById("standing").focus();
      }
    }
  };

  const look = async () => {
    if (document.hidden) {
      document.addEventListener("visibilitychange", look, { once: true });
      return;
    }
    try {
      const answer = await fetch(window.location.href, { cache: "no-store", redirect: "error" });
      if (answer.status >= 400 && answer.status < 500) {
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const over = !isUnderWay(fresh);
      show(fresh, over);
      if (over) {
        return;
      }
      wait = SECONDS;
    } catch {
      wait = Math.min(MOST, wait * 2);
    }
    window.setTimeout(look, wait * 1000);
  };

  if (isUnderWay(document)) {
    window.setTimeout(look, wait * 1000);
  }
})();
