// Makes what works already faster: an import's progress is followed, an upload is checked and shown as it goes.
"use strict";

const running = document.querySelector("[data-import]");
if (running) {
  document.querySelector("[data-scriptless]").hidden = true;
  const bar = running.querySelector("progress");
  const look = async () => {
    try {
      const answer = await fetch(running.dataset.import, { headers: { Accept: "application/json" }, redirect: "error" });
      const now = await answer.json();
      if (now.over) {
        location.reload();
        return;
      }
      if (now.phase) running.querySelector("[data-phase]").textContent = now.phase;
      if (now.total) {
        bar.hidden = false;
        bar.max = now.total;
        bar.value = now.done;
      }
    } catch {
      // The server restarts, or the network is away: look again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 700);
}

const sending = document.querySelector("form[data-largest]");
if (sending) {
  const file = sending.elements.file;
  const error = document.getElementById("file-error");
  sending.addEventListener("submit", (event) => {
    const chosen = file.files[0];
    const largest = Number(sending.dataset.largest);
    if (chosen && chosen.size > largest) {
      event.preventDefault();
      error.textContent = `The file is larger than the ${largest / 1048576} MiB that can be uploaded.`;
      error.hidden = false;
      file.closest(".field").classList.add("wrong");
      file.focus();
      return;
    }
    sending.querySelector("progress").hidden = false;
    sending.querySelector("button").disabled = true;
  });
  window.addEventListener("pageshow", () => {
    sending.querySelector("progress").hidden = true;
    sending.querySelector("button").disabled = false;
  });
}
