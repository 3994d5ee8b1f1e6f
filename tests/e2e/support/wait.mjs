// Waiting for what must happen. Deadlines are generous: they end a test that
// has failed, they do not measure.
export const deadlineMs = Number(process.env.ROLLCALL_TEST_DEADLINE_MS ?? 20_000);

const lookEveryMs = 5;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function within(promise, what, ms = deadlineMs) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Resolves with the first value of `look` that is true. `describe` says in the
// failure what it was instead.
export async function until(look, what, { ms = deadlineMs, describe } = {}) {
  const end = performance.now() + ms;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > end) {
      const instead = describe ? `; instead: ${JSON.stringify(await describe())}` : "";
      throw new Error(`not within ${ms} ms: ${what}${instead}`);
    }
    await pause(lookEveryMs);
  }
}

// Fails as soon as `look` is false within `ms`: for what must go on.
export async function throughout(ms, look, what) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (!(await look())) throw new Error(`not all the time: ${what}`);
    await pause(lookEveryMs);
  }
}
