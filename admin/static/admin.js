// Makes what works already faster: the colour shows while it is typed.
"use strict";

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
