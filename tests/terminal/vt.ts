/**
 * A real terminal emulator without a window, to see what escape sequences do.
 *
 * Pictures of it are its lines, joined by line ends, without the spaces at their ends and the blank lines at its end.
 */
import xterm from "@xterm/headless";

export interface VtOptions {
  readonly columns: number;
  readonly rows: number;
  /** Whether it breaks the cursor's line anew too when its width changes, as most terminals do. */
  readonly reflowsCursorLine?: boolean;
}

export class Vt implements Disposable {
  readonly #terminal: xterm.Terminal;

  constructor({ columns, rows, reflowsCursorLine = true }: VtOptions) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
      reflowCursorLine: reflowsCursorLine,
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** What is on the screen now. */
  get screen(): string {
    const { baseY } = this.#terminal.buffer.active;
    return this.#picture(baseY);
  }

  /** The screen, and all that has scrolled away above it. */
  get everything(): string {
    return this.#picture(0);
  }

  /** Where the cursor is on the screen, from 0. */
  get cursor(): { readonly row: number; readonly column: number } {
    const { cursorY, cursorX } = this.#terminal.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** The cells of the screen, row by row, for whoever wants to know how they look. */
  *cells(): Generator<{ readonly row: number; readonly column: number; readonly cell: xterm.IBufferCell }> {
    const { active } = this.#terminal.buffer;
    for (let row = 0; row < this.#terminal.rows; row++) {
      const line = active.getLine(active.baseY + row);
      for (let column = 0; column < this.#terminal.cols; column++) {
        const cell = line?.getCell(column);
        if (cell) yield { row, column, cell };
      }
    }
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Whether text that is too long goes on in the next row. */
  get wraps(): boolean {
    return this.#terminal.modes.wraparoundMode;
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }

  #picture(from: number): string {
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let index = from; index < active.length; index++) {
      lines.push(active.getLine(index)?.translateToString(true).trimEnd() ?? "");
    }
    return lines.join("\n").trimEnd();
  }
}
