/** A piece of a line: text, or text with a meaning. */
export type Inline =
  | { readonly kind: 'text' | 'strong' | 'em' | 'code' | 'strike'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

/** A block of a text. HTML is text like any other: nothing of it runs or is drawn. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly inlines: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'quote'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] };

const maxLength = 100_000;

/** The Markdown that people write into dashboards: headings, lists, links, code, tables, emphasis. */
export function readMarkdown(source: string): readonly Block[] {
  const lines = source.slice(0, maxLength).replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const line = (): string => lines[at] ?? '';
  while (at < lines.length) {
    if (line().trim() === '') {
      at += 1;
    } else if (/^\s*(?:```|~~~)/.test(line())) {
      const fence = line().trim().slice(0, 3);
      const code: string[] = [];
      for (at += 1; at < lines.length && !line().trim().startsWith(fence); at += 1) code.push(line());
      at += 1;
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (/^#{1,6}\s/.test(line())) {
      const marks = /^#+/.exec(line())?.[0].length ?? 1;
      blocks.push({
        kind: 'heading',
        level: marks,
        inlines: readInlines(
          line()
            .slice(marks)
            .replace(/\s#+\s*$/, '')
            .trim(),
        ),
      });
      at += 1;
    } else if (/^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/.test(line())) {
      blocks.push({ kind: 'rule' });
      at += 1;
    } else if (isItem(line())) {
      const isOrdered = /^\s*\d/.test(line());
      const items: (readonly Inline[])[] = [];
      for (; at < lines.length && isItem(line()); at += 1)
        items.push(readInlines(line().replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+/, '')));
      blocks.push({ kind: 'list', isOrdered, items });
    } else if (line().startsWith('>')) {
      const quoted: string[] = [];
      for (; at < lines.length && line().startsWith('>'); at += 1) quoted.push(line().slice(1).trim());
      blocks.push({ kind: 'quote', inlines: readInlines(quoted.join(' ')) });
    } else if (
      line().includes('|') &&
      /^\s*\|?[\s:|-]+\|?\s*$/.test(lines[at + 1] ?? '') &&
      (lines[at + 1] ?? '').includes('-')
    ) {
      const rows: (readonly (readonly Inline[])[])[] = [readRow(line())];
      for (at += 2; at < lines.length && line().includes('|'); at += 1) rows.push(readRow(line()));
      blocks.push({ kind: 'table', rows });
    } else {
      const text: string[] = [];
      for (; at < lines.length && line().trim() !== '' && !startsBlock(line()); at += 1) text.push(line().trim());
      blocks.push({ kind: 'paragraph', inlines: readInlines(text.join(' ')) });
    }
  }
  return blocks;
}

function isItem(line: string): boolean {
  return /^\s*(?:[-*+]|\d{1,9}[.)])\s+\S/.test(line);
}

function startsBlock(line: string): boolean {
  return /^(?:#{1,6}\s|>|\s*(?:```|~~~))/.test(line) || isItem(line);
}

function readRow(line: string): readonly (readonly Inline[])[] {
  const bare = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return bare
    .split('|')
    .slice(0, 50)
    .map(cell => readInlines(cell.trim()));
}

// Each alternative ends at its own mark and can not run over it, so no text takes long.
const marked =
  /`([^`]{1,2000})`|\*\*([^*]{1,2000})\*\*|__([^_]{1,2000})__|~~([^~]{1,2000})~~|\*([^*\s][^*]{0,2000})\*|!?\[([^\]]{0,2000})\]\(([^()\s]{1,2000})(?:\s"[^"]{0,200}")?\)|<(https?:\/\/[^\s<>]{1,2000})>|(https?:\/\/[^\s<>()]{1,2000})/g;

function readInlines(text: string): readonly Inline[] {
  const inlines: Inline[] = [];
  let copied = 0;
  const plain = (to: number): void => {
    if (to > copied) inlines.push({ kind: 'text', text: text.slice(copied, to) });
  };
  for (const match of text.matchAll(marked)) {
    const [whole, code, strong, strong2, strike, em, label, url, auto, bare] = match;
    plain(match.index);
    copied = match.index + whole.length;
    const bold = strong ?? strong2;
    const address = auto ?? bare;
    if (code !== undefined) inlines.push({ kind: 'code', text: code });
    else if (bold !== undefined) inlines.push({ kind: 'strong', text: bold });
    else if (strike !== undefined) inlines.push({ kind: 'strike', text: strike });
    else if (em !== undefined) inlines.push({ kind: 'em', text: em });
    else if (url !== undefined)
      inlines.push({ kind: 'link', text: label === undefined || label === '' ? url : label, url });
    else if (address !== undefined) inlines.push({ kind: 'link', text: address, url: address });
  }
  plain(text.length);
  return inlines;
}
