// Shows the button that prints, where a script can press it; without scripts the browser's own menu prints.
const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
