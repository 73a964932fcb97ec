/** What is not part of a picture: buttons, and what only those hear who do not see it. */
const leftOut = 'button[aria-haspopup], [data-no-picture], .unseen, [role="slider"]';
const captionPx = 22;
const marginPx = 12;
const mostWords = 20_000;

/** Draws a part of the page as it stands, with a line above it, and hands it to the person as a file. */
export async function downloadPng(element: HTMLElement, caption: string, name: string): Promise<void> {
  await document.fonts.ready;
  const canvas = drawElement(element, caption);
  const blob = await new Promise<Blob | null>(resolve => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (blob === null) throw new Error('The browser could not make a picture of this size.');
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name.replaceAll(/[^\p{L}\p{N} ._-]/gu, '_')}.png`;
  link.click();
  URL.revokeObjectURL(url);
}

type Drawing = { readonly ctx: CanvasRenderingContext2D; words: number };

function drawElement(element: HTMLElement, caption: string): HTMLCanvasElement {
  const { left, top, width, height } = element.getBoundingClientRect();
  const scale = Math.max(2, devicePixelRatio);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round((width + 2 * marginPx) * scale);
  canvas.height = Math.round((height + captionPx + 2 * marginPx) * scale);
  const ctx = canvas.getContext('2d');
  if (ctx === null) throw new Error('The browser does not let pages draw.');
  const page = getComputedStyle(document.body);
  ctx.scale(scale, scale);
  ctx.fillStyle = page.backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = page.color;
  ctx.font = `12px ${page.fontFamily}`;
  ctx.fillText(caption, marginPx, marginPx + 12);
  ctx.translate(marginPx - left, marginPx + captionPx - top);
  draw(element, { ctx, words: 0 });
  return canvas;
}

function draw(element: Element, drawing: Drawing): void {
  const style = getComputedStyle(element);
  const rect = element.getBoundingClientRect();
  if (style.display === 'none' || style.visibility === 'hidden' || element.matches(leftOut)) return;
  const { ctx } = drawing;
  ctx.save();
  ctx.globalAlpha *= Number(style.opacity);
  if (element instanceof SVGSVGElement) drawSvg(element, ctx);
  else {
    drawBox(ctx, rect, style);
    if (style.overflow !== 'visible') {
      ctx.beginPath();
      ctx.rect(rect.left, rect.top, rect.width, rect.height);
      ctx.clip();
    }
    if (element instanceof HTMLCanvasElement && element.width > 0) {
      ctx.drawImage(element, rect.left, rect.top, rect.width, rect.height);
    }
    for (const child of element.childNodes) {
      if (child instanceof Element) draw(child, drawing);
      else if (child instanceof Text) drawText(child, style, drawing);
    }
  }
  ctx.restore();
}

function drawBox(ctx: CanvasRenderingContext2D, rect: DOMRect, style: CSSStyleDeclaration): void {
  if (rect.width === 0 || rect.height === 0) return;
  ctx.beginPath();
  ctx.roundRect(rect.left, rect.top, rect.width, rect.height, Number.parseFloat(style.borderTopLeftRadius) || 0);
  ctx.fillStyle = style.backgroundColor;
  ctx.fill();
  const bottomPx = Number.parseFloat(style.borderBottomWidth);
  if (bottomPx > 0 && style.borderBottomStyle !== 'none') {
    ctx.fillStyle = style.borderBottomColor;
    ctx.fillRect(rect.left, rect.bottom - bottomPx, rect.width, bottomPx);
  }
}

/** Word by word, where the page has put them. */
function drawText(node: Text, style: CSSStyleDeclaration, drawing: Drawing): void {
  const { ctx } = drawing;
  const range = document.createRange();
  ctx.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  ctx.fillStyle = style.color;
  ctx.textBaseline = 'alphabetic';
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    if (drawing.words >= mostWords) return;
    drawing.words += 1;
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { left, top, width, height } = range.getBoundingClientRect();
    if (width === 0) continue;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = ctx.measureText(word);
    ctx.fillText(word, left, top + (height - up - down) / 2 + up);
  }
}

/** The shapes of our own drawings: paths, lines, rectangles and circles. */
function drawSvg(svg: SVGSVGElement, ctx: CanvasRenderingContext2D): void {
  for (const shape of svg.querySelectorAll('path, polyline, line, rect, circle')) {
    if (!(shape instanceof SVGGeometryElement)) continue;
    const at = shape.getScreenCTM();
    const path = pathOf(shape);
    if (at === null || path === undefined) continue;
    const style = getComputedStyle(shape);
    const placed = new Path2D();
    placed.addPath(path, at);
    ctx.save();
    ctx.globalAlpha *= Number(style.opacity);
    if (style.fill !== 'none') {
      ctx.fillStyle = style.fill;
      // A canvas is filled here, no array.
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
      ctx.fill(placed);
    }
    if (style.stroke !== 'none') {
      ctx.strokeStyle = style.stroke;
      const isFixed = style.vectorEffect === 'non-scaling-stroke';
      ctx.lineWidth =
        Number.parseFloat(style.strokeWidth) * (isFixed ? 1 : Math.sqrt(Math.abs(at.a * at.d - at.b * at.c)));
      ctx.stroke(placed);
    }
    ctx.restore();
  }
}

function pathOf(shape: SVGGeometryElement): Path2D | undefined {
  const number = (name: string): number => Number(shape.getAttribute(name) ?? 0);
  switch (shape.tagName) {
    case 'path':
      return new Path2D(shape.getAttribute('d') ?? '');
    case 'polyline':
      return new Path2D(`M${shape.getAttribute('points') ?? ''}`);
    case 'line':
      return new Path2D(`M${number('x1')} ${number('y1')}L${number('x2')} ${number('y2')}`);
    case 'rect': {
      const path = new Path2D();
      path.rect(number('x'), number('y'), number('width'), number('height'));
      return path;
    }
    case 'circle': {
      const path = new Path2D();
      path.arc(number('cx'), number('cy'), number('r'), 0, 2 * Math.PI);
      return path;
    }
    default:
      return undefined;
  }
}
