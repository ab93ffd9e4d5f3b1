// What the test calls and looks at.
const shell = window.go.desktop.Shell;
window.seen = [];
window.runtime.EventsOn("steward:event", (event) => window.seen.push(event));
window.ask = async (method, request) => {
  try {
    return { answer: JSON.parse(await shell.Call(method, JSON.stringify(request), "")) };
  } catch (problem) {
    return { error: String(problem) };
  }
};
async function show() {
  const { answer } = await window.ask("Setup/State", {});
  document.getElementById("state").textContent = answer.state;
}
document.getElementById("open").addEventListener("click", async () => {
  const { answer, error } = await window.ask("Setup/Open", { mode: "file", passphrase: document.getElementById("passphrase").value });
  document.getElementById("code").textContent = error ?? answer.recovery_code;
  await show();
});
await show();
