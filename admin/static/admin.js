// Makes what works already faster: the page follows the set-up, the colour shows while it is typed.
"use strict";

const busy = document.querySelector("[data-status]");
if (busy) {
  const look = async () => {
    try {
      const answer = await fetch(busy.dataset.status, { headers: { Accept: "application/json" }, redirect: "error" });
      const now = await answer.json();
      if (`${now.step} ${now.phase} ${now.done} ${now.slow ? "True" : "False"}` !== busy.dataset.at) {
        location.replace(location.pathname);
        return;
      }
    } catch {
      // The server restarts, or the network is away: look again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

for (const form of document.querySelectorAll("form[data-preview]")) {
  const text = form.elements.theme_colour;
  const picker = document.createElement("input");
  picker.type = "color";
  picker.setAttribute("aria-label", "Pick a colour");
  const row = document.createElement("div");
  row.className = "colour";
  text.replaceWith(row);
  row.append(text, picker);
  form.querySelector("[data-scriptless]").hidden = true;

  let latest = 0;
  const show = async () => {
    const turn = ++latest;
    const answer = await fetch(`${form.dataset.preview}?colour=${encodeURIComponent(text.value)}`);
    if (!answer.ok || turn !== latest) return;
    const strip = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
    form.querySelector(".preview").replaceWith(strip);
  };
  const match = () => {
    const digits = text.value.trim().replace(/^#/, "");
    if (/^[0-9a-f]{6}$/i.test(digits)) picker.value = `#${digits.toLowerCase()}`;
    return /^([0-9a-f]{3}|[0-9a-f]{6})$/i.test(digits);
  };
  picker.value = form.dataset.colour;
  match();
  text.addEventListener("input", () => { if (match()) show(); });
  picker.addEventListener("input", () => { text.value = picker.value.toUpperCase(); show(); });
}
