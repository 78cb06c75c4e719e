// Makes what works already faster: the page of a name follows what is seen of it, second by second.
"use strict";

const followed = document.querySelector("[data-events]");
if (followed) {
  const HOUR = 3600000;
  const ahead = Date.parse(followed.dataset.now) - Date.now();
  const end = Date.now() + HOUR;
  let state = followed.dataset.state;
  let asking = setTimeout(() => ask(), 30000);

  // Whoever is leaving has their requests broken off: that is no reason to hold them back.
  let leaving = false;
  addEventListener("beforeunload", () => {
    leaving = true;
    setTimeout(() => { leaving = false; }, 5000);
  });
  const again = () => { if (!leaving) location.reload(); };

  const named = (one) => `${one.tagName} ${one.textContent}`;

  const renew = async () => {
    const answer = await fetch(location.pathname, { redirect: "error" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("[data-events]");
    const parts = followed.querySelectorAll("[data-renewed]");
    if (!answer.ok || !next || next.dataset.step !== followed.dataset.step || !parts.length) {
      again();
      return;
    }
    for (const part of parts) {
      const other = fresh.getElementById(part.id);
      if (!other) continue;
      const focused = part.contains(document.activeElement) ? named(document.activeElement) : "";
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      part.replaceWith(other);
      other.querySelectorAll("details").forEach((one, number) => { one.open = open[number] || false; });
      if (focused) [...other.querySelectorAll("a, button, summary")].find((one) => named(one) === focused)?.focus();
    }
    show();
  };

  const hear = (now) => {
    if (now.state === state) return;
    state = now.state;
    document.getElementById("said")?.replaceChildren(now.sentence);
    renew().catch(() => again());
  };

  // Events may be held up on their way, or too many pages be open: the state is asked for, too.
  const ask = async () => {
    clearTimeout(asking);
    try {
      const answer = await fetch(followed.dataset.status, { redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 404) {
        again();
        return;
      }
      hear(await answer.json());
    } catch {
      // The server restarts, or the network is away: look again.
    }
    if (Date.now() < end) asking = setTimeout(ask, source.readyState === EventSource.CLOSED ? 5000 : 30000);
  };

  const span = (seconds) => {
    const whole = Math.round(Math.abs(seconds));
    const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
    return minutes ? `${minutes} min ${String(rest).padStart(2, "0")} s` : `${rest} s`;
  };

  const tell = () => {
    const now = Date.now() + ahead;
    for (const one of followed.querySelectorAll("[data-until]")) {
      const left = (Date.parse(one.dataset.until) - now) / 1000;
      one.querySelector("time").textContent = left > 0 ? `in ${span(left)}` : "now";
    }
    for (const one of followed.querySelectorAll("[data-looked]")) {
      const gone = (now - Date.parse(one.dataset.looked)) / 1000;
      one.querySelector("time").textContent = gone < 2 ? "just now" : `${span(gone)} ago`;
    }
  };

  const show = () => {
    for (const one of followed.querySelectorAll("[data-scripted]")) one.hidden = false;
    for (const one of followed.querySelectorAll("[data-scriptless]")) one.hidden = true;
    tell();
  };

  const source = new EventSource(followed.dataset.events);
  source.addEventListener("state", (event) => hear(JSON.parse(event.data)));
  source.addEventListener("look", (event) => {
    for (const one of followed.querySelectorAll("[data-looked]")) one.dataset.looked = JSON.parse(event.data).looked;
    tell();
  });
  source.addEventListener("gone", () => { source.close(); again(); });
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) ask(); });
  addEventListener("pagehide", () => source.close());
  setTimeout(() => source.close(), HOUR);
  setInterval(tell, 1000);
  show();
}

for (const field of document.querySelectorAll(".value textarea")) {
  field.addEventListener("focus", () => field.select());
}
