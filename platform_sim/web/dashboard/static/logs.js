// Makes the page of an app's log live. Without it the page's link asks again.
"use strict";
(function () {
  const most = 1000;
  const form = document.getElementById("live");
  const lines = document.getElementById("lines");
  const how = document.getElementById("how");
  // The same as in words.py: what moves a terminal's cursor, colours its text or turns it round.
  const codes = /(?:\x1b\[|\x9b)[0-?]*[ -\/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -\/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
  const moment = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d+\+00:00/;
  let retry = 1000;

  function show(text) {
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
    const line = document.createElement("span");
    line.textContent = text.replace(codes, "").replace(moment, "$1 $2").slice(0, 2000) + "\n";
    lines.append(line);
    while (lines.childNodes.length > most) lines.firstChild.remove();
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  }

  function again() {
    how.textContent = "Not live: trying again.";
    setTimeout(open, retry);
    retry = Math.min(retry * 2, 30000);
  }

  async function open() {
    try {
      const answer = await fetch(form.dataset.session, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) {
        how.textContent = "Not live: reload the page to try again.";
        return;
      }
      const stream = new EventSource((await answer.json()).path);
      let first = true;
      stream.onopen = function () {
        if (first) lines.replaceChildren();
        first = false;
        retry = 1000;
        how.textContent = "Live: new lines come by themselves.";
      };
      stream.onmessage = function (event) { show(event.data); };
      stream.onerror = function () {
        if (stream.readyState === EventSource.CLOSED) again();
      };
      window.addEventListener("pagehide", function () { stream.close(); }, { once: true });
    } catch (problem) {
      again();
    }
  }

  lines.scrollTop = lines.scrollHeight;
  open();
})();
