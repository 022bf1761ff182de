/** How a stretch of text looks: one of 16 colours (0–7 normal, 8–15 bright), and weight. Never a colour of the host's own choice. */
export interface TextStyle {
  colour: number | null;
  isBold: boolean;
  isDim: boolean;
  isItalic: boolean;
  isUnderlined: boolean;
}

export interface Span {
  text: string;
  style: TextStyle;
}

export interface OutputLine {
  spans: Span[];
  /** The line without styles, for search. */
  text: string;
}

const PLAIN: TextStyle = { colour: null, isBold: false, isDim: false, isItalic: false, isUnderlined: false };
/** Longest line kept; the rest is said to be missing. */
const MAX_LINE = 8_000;
const CUT = ' … (line cut)';

const [TAB, LF, CR, BEL, ESC] = [0x09, 0x0a, 0x0d, 0x07, 0x1b];
/** Direction marks that make text read otherwise than it is written. */
const isDirectionMark = (code: number) =>
  (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x061c;

type Mode = 'text' | 'escape' | 'csi' | 'string' | 'stringEscape' | 'charset';

/**
 * Turns the raw output of a run, in chunks cut anywhere, into lines of styled text. Output is hostile: of all control sequences only
 * colours and weights are kept; titles, links, cursor movements and the rest are dropped, and no sequence survives its line.
 */
export class AnsiLines {
  private mode: Mode = 'text';
  private parameters = '';
  private style: TextStyle = PLAIN;
  private spans: Span[] = [];
  private text = '';
  private length = 0;
  private isReturned = false;

  /** Lines that `chunk` completed. */
  feed(chunk: string): OutputLine[] {
    const lines: OutputLine[] = [];
    for (let index = 0; index < chunk.length; index += 1) {
      const code = chunk.charCodeAt(index);
      if (code === LF) {
        this.mode = 'text';
        lines.push(this.finishLine());
      } else if (this.mode === 'text') this.takeText(chunk[index] ?? '', code);
      else this.takeControl(chunk[index] ?? '', code);
    }
    return lines;
  }

  /** The line that is not complete yet. */
  partial(): OutputLine {
    return lineOf([...this.spans, { text: this.text, style: this.style }]);
  }

  private takeText(character: string, code: number): void {
    if (code === ESC) this.mode = 'escape';
    else if (code === CR) this.isReturned = true;
    else if (code === 0x9b) this.startCsi();
    else if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) this.mode = 'string';
    else if (code < 0x20 && code !== TAB) return;
    else if (code >= 0x7f && code < 0xa0) return;
    else {
      // What follows a lone carriage return replaces the line, as progress bars do.
      if (this.isReturned) this.clearLine();
      this.append(code === TAB ? '    ' : isDirectionMark(code) ? '\ufffd' : character);
    }
  }

  private takeControl(character: string, code: number): void {
    if (code === ESC && this.mode !== 'string') {
      this.mode = 'escape';
      return;
    }
    switch (this.mode) {
      case 'escape':
        if (character === '[') this.startCsi();
        else if (']PX^_'.includes(character)) this.mode = 'string';
        else if ('()*+-./#% '.includes(character)) this.mode = 'charset';
        else this.mode = 'text';
        break;
      case 'csi':
        if (code >= 0x20 && code <= 0x3f) this.parameters = (this.parameters + character).slice(0, 64);
        else {
          if (character === 'm') this.style = styled(this.takeStretch(), this.parameters);
          this.mode = 'text';
        }
        break;
      case 'string':
        if (code === BEL || code === 0x9c) this.mode = 'text';
        else if (code === ESC) this.mode = 'stringEscape';
        break;
      case 'stringEscape':
        this.mode = character === '\\' ? 'text' : 'string';
        break;
      case 'charset':
      case 'text':
        this.mode = 'text';
        break;
    }
  }

  private startCsi(): void {
    this.mode = 'csi';
    this.parameters = '';
  }

  private append(text: string): void {
    if (this.length > MAX_LINE) return;
    this.length += 1;
    this.text += this.length > MAX_LINE ? CUT : text;
  }

  /** Ends the stretch of the present style and returns that style. */
  private takeStretch(): TextStyle {
    if (this.text !== '') this.spans.push({ text: this.text, style: this.style });
    this.text = '';
    return this.style;
  }

  private clearLine(): void {
    this.spans = [];
    this.text = '';
    this.length = 0;
    this.isReturned = false;
  }

  private finishLine(): OutputLine {
    this.takeStretch();
    const line = lineOf(this.spans);
    this.clearLine();
    return line;
  }
}

function lineOf(spans: Span[]): OutputLine {
  const kept = spans.filter((span) => span.text !== '');
  return { spans: kept, text: kept.map((span) => span.text).join('') };
}

/** The style after a sequence of SGR parameters. Backgrounds and colours outside the 16 are ignored. */
function styled(before: TextStyle, parameters: string): TextStyle {
  let style = before;
  const codes = parameters === '' ? [0] : parameters.split(/[;:]/).map((part) => (part === '' ? 0 : Number(part)));
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? NaN;
    if (code === 38 || code === 48) {
      const isIndexed = codes[index + 1] === 5;
      const colour = codes[index + 2];
      if (code === 38 && isIndexed && colour !== undefined && colour >= 0 && colour < 16) style = { ...style, colour };
      index += isIndexed ? 2 : 4;
    } else style = { ...style, ...changeOf(code) };
  }
  return style;
}

function changeOf(code: number): Partial<TextStyle> {
  if (code === 0) return PLAIN;
  if (code === 1) return { isBold: true };
  if (code === 2) return { isDim: true };
  if (code === 3) return { isItalic: true };
  if (code === 4) return { isUnderlined: true };
  if (code === 22) return { isBold: false, isDim: false };
  if (code === 23) return { isItalic: false };
  if (code === 24) return { isUnderlined: false };
  if (code === 39) return { colour: null };
  if (code >= 30 && code <= 37) return { colour: code - 30 };
  if (code >= 90 && code <= 97) return { colour: code - 90 + 8 };
  return {};
}
