/**
 * Memory for frames that are written and soon gone: cut from blocks that they share, since an allocation of its own costs a small
 * frame more than everything that is written into it. A block is never written to twice; it goes when its last frame does.
 */

const BLOCK_BYTES = 64 * 1024;

export interface Slice {
  readonly block: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

function newBlock(size: number) {
  const block = new Uint8Array(size);
  return { block, view: new DataView(block.buffer), used: 0 };
}

let current = newBlock(BLOCK_BYTES);

/** Room for `size` bytes. */
export function cut(size: number): Slice {
  if (size > BLOCK_BYTES / 4) return { ...newBlock(size), start: 0, end: size };
  if (current.used + size > BLOCK_BYTES) current = newBlock(BLOCK_BYTES);
  const { block, view, used: start } = current;
  current.used += size;
  return { block, view, start, end: current.used };
}

/** The slice's bytes as far as `used` in its block. The others are given back, if nothing has been cut behind them yet. */
export function keep({ block, start, end }: Slice, used: number): Uint8Array {
  if (block === current.block && current.used === end) current.used = used;
  return block.subarray(start, used);
}
