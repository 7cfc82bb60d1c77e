// Shows what the terms mean for each side, and what the law has against them, while somebody types.

const form = document.querySelector("form[data-preview]");
const preview = document.getElementById("preview");
let waiting = 0;
let asked = 0;

async function look() {
  const turn = ++asked;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (answer?.ok && turn === asked) preview.innerHTML = await answer.text();
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 500);
});
