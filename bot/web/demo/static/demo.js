// The demo's own two buttons: "Ask Kilat" opens the widget; a wish to sign in, from the widget, leads to the switch.
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.Kilat?.open());
}

window.addEventListener("load", () => {
  window.Kilat?.on("signin", () => {
    window.Kilat.close();
    document.getElementById("as").focus();
  });
});
