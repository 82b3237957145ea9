// Makes the page of the timeline live, and shows the details of a step in its place. All works without it, but slower.
// What others wrote becomes text, never tags: by textContent, or by pages of ours, in which it is escaped.
"use strict";
(function () {
  const most = 1000; // steps that are kept on the page
  const atOnce = 40; // steps that are placed between two frames
  const quiet = 1000; // milliseconds without a flood after which the page is drawn anew
  const longest = { title: 120, sentence: 160, state: 60 }; // the same as in timeline.py
  const diagram = document.getElementById("diagram");
  const codes = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

  function short(text, length) {
    const told = String(text).replace(codes, "");
    return told.length > length ? told.slice(0, length - 1) + "…" : told;
  }

  // Copying.
  function copying(panel) {
    for (const button of panel.querySelectorAll("button.copy")) {
      button.hidden = !navigator.clipboard;
      button.addEventListener("click", function () {
        const command = button.parentElement.nextElementSibling.textContent;
        navigator.clipboard.writeText(command).then(
          function () { button.textContent = "Copied"; },
          function () { button.textContent = "Not copied: the browser forbids it"; }
        );
      });
    }
  }

  copying(document);
  if (!diagram) return;

  // Details: the page of the step, in place.
  async function more(details) {
    const link = details.querySelector("p a");
    if (!link || details.dataset.asked) return;
    details.dataset.asked = "yes";
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const panel = document.importNode(page.querySelector(".exchange"), true);
      if (!answer.ok || !details.dataset.asked) return;
      details.querySelector(".exchange, p").replaceWith(panel);
      panel.dataset.page = link.href;
      copying(panel);
    } catch (problem) {
      delete details.dataset.asked; // the link is still there
    }
  }

  diagram.addEventListener("toggle", function (event) { if (event.target.open) more(event.target); }, true);
  if (!diagram.dataset.live) return;

  // What is live.
  const trees = document.getElementById("trees");
  const how = document.getElementById("how");
  const pause = document.getElementById("pause");
  const older = document.getElementById("older");
  const mould = document.getElementById("new").content;
  const known = new Map(); // id of a step -> its item
  const heads = new Map(); // id of a step that is not here -> the first here that follows from it
  const skipped = document.getElementById("skipped");
  const came = []; // steps that are still to be placed
  const from = new URL(diagram.dataset.live, location.href);
  let seen = from.searchParams.get("since");
  let number = 0;
  let isDue = false;
  let retry = 1000;
  let stream = null;
  let anew = 0; // what is to happen after a flood

  function remember() {
    for (const item of trees.querySelectorAll("li[id]")) known.set(item.id, item);
  }

  function fill(item, step) {
    const details = item.firstElementChild;
    const told = step.details;
    const part = function (name) { return details.querySelector(name); };
    item.className = `from-${step.from} to-${step.to}${step.open ? " awaited" : ""}`;
    if (step.from === "webhook" || step.to === "webhook") diagram.classList.add("with-webhook");
    const way = part(".way");
    way.textContent = step.from;
    if (step.from !== step.to) {
      const to = document.createElement("i");
      to.textContent = "to";
      way.append(" ", to, ` ${step.to}`);
    }
    part(".title").textContent = short(step.title, longest.title);
    const state = part(".state");
    if (state && step.kind !== "exchange") state.remove();
    else if (state) {
      state.className = "state " + (step.open ? "doing" : (told.status || 599) < 400 ? "done" : "failed");
      state.textContent = short(told.status || told.problem || "awaited", longest.state);
    }
    if (step.milliseconds !== null) {
      if (!part("small")) part(".what").append(" ", document.createElement("small"));
      part("small").textContent = `${step.milliseconds} ms`;
    }
    words(details, step);
  }

  function words(details, step) {
    const link = document.createElement("a");
    link.href = `/dashboard/timeline/${encodeURIComponent(step.id)}`;
    link.textContent = "More";
    const line = document.createElement("p");
    line.append(short(step.sentence, longest.sentence) + " ", link);
    details.querySelector(".exchange, p").replaceWith(line);
    delete details.dataset.asked;
    if (details.open) more(details);
  }

  function place(step) {
    const there = known.get(step.id);
    if (there) {
      fill(there, step);
      return;
    }
    const above = known.get(step.parent) || known.get(heads.get(step.parent));
    const section = mould.firstElementChild.cloneNode(true);
    const item = section.querySelector("li");
    fill(item, step);
    item.id = step.id;
    known.set(step.id, item);
    if (above) {
      let list = above.querySelector(":scope > ol");
      if (!list) list = above.appendChild(document.createElement("ol"));
      list.append(item);
      return;
    }
    if (step.parent) heads.set(step.parent, step.id);
    begin(section, step);
  }

  function begin(section, step) {
    number += 1;
    const title = section.firstElementChild;
    title.id = `n${number}`;
    section.setAttribute("aria-labelledby", title.id);
    title.firstElementChild.dateTime = step.started;
    title.firstElementChild.textContent = step.started.slice(0, 19).replace("T", " ");
    trees.prepend(section);
    document.getElementById("nothing").hidden = true;
  }

  // The oldest go, whole: they are on the page behind "Older". One that is longer than all the room stays as it is.
  function trim() {
    while (known.size > most && trees.childElementCount > 1) {
      const last = trees.lastElementChild;
      for (const item of last.querySelectorAll("li[id]")) known.delete(item.id);
      last.remove();
      const link = new URL(older.href);
      link.searchParams.set("before", trees.lastElementChild.querySelector("li").id);
      older.href = link;
      older.hidden = false;
    }
    while (heads.size > most) heads.delete(heads.keys().next().value);
  }

  function drain() {
    isDue = false;
    for (const step of came.splice(0, atOnce)) if (known.size <= 2 * most || known.has(step.id)) place(step);
    trim();
    if (came.length) soon();
  }

  function soon() {
    if (isDue) return;
    isDue = true;
    // A page that nobody sees has no frames.
    if (document.hidden) setTimeout(drain, 50);
    else requestAnimationFrame(drain);
  }

  document.addEventListener("visibilitychange", function () { isDue = false; soon(); });

  function open() {
    from.searchParams.set("since", seen);
    stream = new EventSource(from);
    stream.onopen = function () {
      retry = 1000;
      how.textContent = "Live: new steps come by themselves.";
    };
    stream.onmessage = function (event) {
      seen = event.lastEventId || seen;
      came.push(JSON.parse(event.data));
      soon();
    };
    stream.addEventListener("skipped", function () {
      skipped.hidden = false;
      clearTimeout(anew);
      anew = setTimeout(drawAnew, quiet);
    });
    stream.onerror = function () {
      how.textContent = "Reconnecting: what is missed comes then.";
      if (stream.readyState !== EventSource.CLOSED) return;
      stream = null;
      setTimeout(function () { if (!stream && pause.dataset.is !== "paused") open(); }, retry);
      retry = Math.min(retry * 2, 30000);
    };
  }

  function close() {
    if (stream) stream.close();
    stream = null;
    clearTimeout(anew);
  }

  // After more has come at once than a page is told: what the server draws, and on from there.
  async function drawAnew() {
    close();
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      trees.replaceChildren(...document.importNode(page.getElementById("trees"), true).childNodes);
      diagram.className = page.getElementById("diagram").className;
      older.href = page.getElementById("older").href;
      older.hidden = page.getElementById("older").hidden;
      seen = new URL(page.getElementById("diagram").dataset.live, location.href).searchParams.get("since");
      for (const each of [known, heads]) each.clear();
      came.length = 0;
      remember();
      skipped.hidden = true;
    } catch (problem) {
      // What is there stays, and what is new comes to it.
    }
    if (!stream && pause.dataset.is !== "paused") open();
  }

  pause.hidden = false;
  pause.addEventListener("click", function () {
    const goesOn = pause.dataset.is === "paused";
    pause.dataset.is = goesOn ? "live" : "paused";
    pause.textContent = goesOn ? "Pause" : "Go on";
    if (goesOn) {
      how.textContent = "Reconnecting: what is missed comes then.";
      if (skipped.hidden) open();
      else drawAnew();
      return;
    }
    close();
    how.textContent = "Paused.";
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", function (event) { if (event.persisted && pause.dataset.is !== "paused") open(); });
  remember();
  open();
})();
