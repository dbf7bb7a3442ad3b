// The editor's only script of ours: ask before a page with unsaved words is left, and save on Ctrl+S.
"use strict";

const form = document.getElementById("editor");
const text = form.elements.body;
let sending = false;

form.addEventListener("submit", () => { sending = true; });

window.addEventListener("beforeunload", (event) => {
  const unsaved = "unsaved" in form.dataset || text.value !== text.defaultValue;
  if (unsaved && !sending) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=draft]"));
  }
});
