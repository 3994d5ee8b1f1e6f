// Random numbers that come again with the same seed.
export const seed = Number(process.env.ROLLCALL_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

export class Random {
  constructor(from = seed) { this.state = from >>> 0; }

  // mulberry32
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  below(n) { return Math.floor(this.next() * n); }
  pick(list) { return list[this.below(list.length)]; }
}
