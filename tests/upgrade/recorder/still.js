// Waits until the page has not been drawn anew for a fifth of a second: a robot is too fast.
() => new Promise((done) => {
  let [node, times] = [null, 0];
  const look = () => {
    const now = document.querySelector("[data-page]").lastChild;
    times = now === node ? times + 1 : 0;
    node = now;
    if (times === 10) done();
    else setTimeout(look, 20);
  };
  look();
})
