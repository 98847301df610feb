import type { Draw } from '../../deploy/traffic/draw';

/** A few bytes changed, left out, put in or written twice. */
export function mutated(draw: Draw, bytes: Buffer): Buffer {
  let changed = Buffer.from(bytes);
  for (let times = draw.whole(1, 4); times > 0 && changed.length > 0; times -= 1) {
    const at = draw.whole(0, changed.length - 1);
    const until = Math.min(changed.length, at + draw.whole(0, 20));
    const [before, piece, after] = [
      changed.subarray(0, at),
      changed.subarray(at, until),
      changed.subarray(until),
    ];
    const inserted = Buffer.from(
      Array.from({ length: draw.whole(1, 8) }, () => draw.whole(0, 255)),
    );
    switch (draw.whole(0, 4)) {
      case 0:
        changed[at] = draw.whole(0, 255);
        break;
      case 1:
        changed = Buffer.concat([before, after]);
        break;
      case 2:
        changed = Buffer.concat([before, inserted, piece, after]);
        break;
      case 3:
        changed = Buffer.concat([before, piece, piece, after]);
        break;
      default:
        changed = Buffer.from(before);
    }
  }
  return changed;
}
