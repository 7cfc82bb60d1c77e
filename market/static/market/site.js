// What every page does beyond HTML: menus close, amounts echo in larger units, a form is sent once, a head box ticks its column.

document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll("[data-drop][open]")) if (!drop.contains(event.target)) drop.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of document.querySelectorAll("[data-drop][open]")) {
    drop.open = false;
    drop.querySelector("summary").focus();
  }
});

/** "1180000" in units of 10000 is "118"; "" when it is not a number or smaller than one unit. */
export function inUnits(text, unit) {
  const plain = text.normalize("NFKC").replace(/[\s,¥元]/g, "");
  if (!/^\d{1,13}(\.\d{0,2})?$/.test(plain) || Number(plain) < unit) return "";
  return (Number(plain) / unit).toLocaleString("en-US", { maximumFractionDigits: 6 });
}

for (const input of document.querySelectorAll("input[data-echo]")) {
  const [unit, words] = input.dataset.echo.split("|");
  const echo = Object.assign(document.createElement("output"), { className: "echo small muted", htmlFor: input.id });
  const show = () => {
    const figure = inUnits(input.value, Number(unit));
    echo.textContent = figure && words.replace("{n}", figure);
  };
  input.after(echo);
  input.addEventListener("input", show);
  show();
}

// A second press within four seconds is swallowed; the server would answer it with the first answer anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

document.addEventListener("change", (event) => {
  const name = event.target.dataset.pickAll;
  if (!name) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)) box.checked = event.target.checked;
});
