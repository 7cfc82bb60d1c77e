// Follows work in the background until it is done, then shows the page anew.

const box = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(box.dataset.progress).catch(() => null);
  if (answer?.ok) {
    const now = await answer.json();
    if (!now.busy) return location.reload();
    if (now.total) box.querySelector("progress").max = now.total;
    if (now.total) box.querySelector("progress").value = Math.min(now.done, now.total);
    box.querySelector("output").textContent = box.dataset.words.replace("{n}", now.done.toLocaleString("en-US"));
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
