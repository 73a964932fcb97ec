import { interpolateText, linkAddress, textOf } from '@bellwether/dashboards';
import type { ReactNode } from 'react';
import { readMarkdown, type Block, type Inline } from './markdown.js';
import type { PanelBodyProps } from './panel-body.js';
import styles from './panels.module.css';

/** Words among the charts: Grafana's `text`. HTML is not run: what it says in plain text is shown. */
export function TextPanel({
  panel,
  title,
  variables,
}: Pick<PanelBodyProps, 'panel' | 'title' | 'variables'>): ReactNode {
  const { options } = panel;
  const mode = textOf(options, 'mode');
  const content = interpolateText(textOf(options, 'content'), variables);
  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={title === '' ? 'Text' : title} className={styles['text']} role="group" tabIndex={0}>
      {mode === 'code' ? (
        <pre>{content}</pre>
      ) : (
        readMarkdown(mode === 'html' ? withoutTags(content) : content).map((block, at) => (
          <Paragraph block={block} key={at} />
        ))
      )}
    </div>
  );
}

const unstyled = 'data-unread-style';

/** The words of an HTML text. What is made of it is text again and is drawn as text. */
function withoutTags(html: string): string {
  const words = new DOMParser().parseFromString(
    // The browser would complain of each style that the page's policy keeps it from applying.
    html
      .replaceAll(/\bstyle(?=\s{0,9}=)/gi, unstyled)
      .replaceAll(/<(?:br|\/p|\/div|\/h\d|\/li|\/tr)[^>]{0,200}>/gi, '$&\n\n'),
    'text/html',
  );
  for (const unread of words.querySelectorAll('script, style')) unread.remove();
  return (words.body.textContent ?? '').replaceAll(unstyled, 'style');
}

function Paragraph({ block }: { readonly block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading': {
      // The page has the first level and each panel the second.
      const Heading = block.level <= 1 ? 'h3' : block.level === 2 ? 'h4' : 'h5';
      return <Heading>{words(block.inlines)}</Heading>;
    }
    case 'paragraph':
      return <p>{words(block.inlines)}</p>;
    case 'code':
      return <pre>{block.text}</pre>;
    case 'rule':
      return <hr />;
    case 'quote':
      return <blockquote>{words(block.inlines)}</blockquote>;
    case 'list': {
      const items = block.items.map((item, at) => <li key={at}>{words(item)}</li>);
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table': {
      const [head = [], ...rows] = block.rows;
      return (
        <table>
          <thead>
            <tr>
              {head.map((cell, at) => (
                <th key={at} scope="col">
                  {words(cell)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, line) => (
              <tr key={line}>
                {row.map((cell, at) => (
                  <td key={at}>{words(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
  }
}

function words(inlines: readonly Inline[]): ReactNode {
  return inlines.map((inline, at) => {
    switch (inline.kind) {
      case 'text':
        return inline.text;
      case 'strong':
        return <strong key={at}>{inline.text}</strong>;
      case 'em':
        return <em key={at}>{inline.text}</em>;
      case 'strike':
        return <s key={at}>{inline.text}</s>;
      case 'code':
        return <code key={at}>{inline.text}</code>;
      case 'link':
        return linkAddress(inline.url) !== undefined ? (
          <a className="link" href={linkAddress(inline.url)} key={at} rel="noreferrer">
            {inline.text}
          </a>
        ) : (
          inline.text
        );
    }
  });
}
