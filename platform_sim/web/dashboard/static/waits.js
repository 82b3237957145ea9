// Looks again every two seconds while a page waits for something. Without it the page reloads itself.
"use strict";
(function () {
  const main = document.getElementById("main");

  // Nothing is taken away from under somebody who types, has typed, or reads on by keys.
  function busy() {
    const typed = Array.from(main.querySelectorAll("input:not([type=hidden]), textarea"));
    return (main.contains(document.activeElement) && document.activeElement !== main)
      || typed.some(function (each) { return each.value !== each.defaultValue || each.checked !== each.defaultChecked; });
  }

  async function look() {
    let waits = true;
    try {
      const answer = await fetch(location.href);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      waits = answer.ok && fresh.querySelector("script[src$='/waits.js']") !== null;
      if (!busy()) show(fresh);
      else waits = true;
    } catch (problem) {
      // The platform may be back next time.
    }
    if (waits) setTimeout(look, 2000);
  }

  function show(fresh) {
    const said = main.querySelector(":scope > .said[role=status]");
    const now = fresh.getElementById("main");
    if (said) now.prepend(said);
    main.replaceChildren(...now.childNodes);
    for (const log of main.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
  }

  setTimeout(look, 2000);
})();
