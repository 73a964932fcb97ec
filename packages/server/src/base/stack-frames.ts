/** A line of a stack trace. */
export interface Frame {
  /** The end of its path, without what changes from build to build. */
  readonly file: string;
  /** Without what changes from build to build. */
  readonly function: string;
  /** Code of the service itself, not of a library or the language. */
  readonly isOwn: boolean;
  /** Where it is, as it was written: `/srv/app/pay.js:12:7`; '' when it says only a name. */
  readonly place: string;
  /** What it calls the function; '' for none. */
  readonly called: string;
}

/** What was thrown and where: the first of a trace, and each of its causes. */
export interface StackPart {
  /** `TypeError: x is not a function`, or what else stands above the frames. */
  readonly head: string;
  readonly frames: readonly Frame[];
}

const maxLines = 200;
const longestLine = 1000;

/** Where libraries and languages live, by file or by package. */
const foreign =
  /node_modules|^node:|^internal\/|<anonymous>|^native$|^unknown$|\/var\/runtime\/|^index \d+$|site-packages|dist-packages|\/lib\/python\d|<frozen |\/gems\/|\/ruby\/\d|\/vendor\/|\/usr\/local\/go\/|\/pkg\/mod\/|^(?:java|javax|jdk|sun|com\.sun|kotlin|kotlinx|scala|org\.springframework|org\.apache|org\.hibernate|io\.netty|reactor|System|Microsoft)\.|^runtime[./]/;

/** The frames of a stack trace as JavaScript, Python, Java, Go, Ruby, .NET and PHP write it, in its order. Lines that are no frames are left out. */
export function stackFrames(trace: string): readonly Frame[] {
  const lines = trace.slice(0, 100_000).split('\n', maxLines);
  const frames: Frame[] = [];
  for (let i = 0; i < lines.length; i++) {
    const frame = frameOf(
      (lines[i] ?? '').slice(0, longestLine).trim(),
      (lines[i + 1] ?? '').slice(0, longestLine).trim(),
    );
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

/** A stack trace in the parts that it tells of, each of some frames; what stands between them is the head of what follows. */
export function stackParts(trace: string): readonly StackPart[] {
  const lines = trace.slice(0, 100_000).split('\n', maxLines);
  const parts: { head: string; frames: Frame[] }[] = [];
  let head: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? '').slice(0, longestLine).trim();
    const frame = frameOf(line, (lines[i + 1] ?? '').slice(0, longestLine).trim());
    const last = parts.at(-1);
    if (frame === undefined) {
      // The second line of a frame of Go, or of Python.
      if (line !== '' && !/^(?:\S+\.go:\d+|\.\.\. \d+ more)/.test(line)) head.push(line);
    } else if (
      last === undefined ||
      (head.length > 0 && /^(?:Caused by|[\w.$]+(?:Error|Exception))\b/.test(head.join('\n')))
    ) {
      parts.push({ head: head.join('\n'), frames: [frame] });
      head = [];
    } else {
      head = [];
      last.frames.push(frame);
    }
  }
  return parts;
}

function frameOf(line: string, next: string): Frame | undefined {
  if (line.startsWith('at ')) return atFrame(line.slice(3));
  if (line.startsWith('File "')) {
    // Python.
    const [, file, lineNo, name] = /^File "([^"]*)", line (\d+)(?:, in (.*))?$/.exec(line) ?? [];
    return file === undefined ? undefined : frame(file, name ?? '', { place: `${file}:${lineNo ?? ''}` });
  }
  if (line.startsWith('#')) {
    // PHP.
    const [, file, lineNo, name] = /^#\d+ ([^(]+)\((\d+)\): ([^(]*)/.exec(line) ?? [];
    return file === undefined ? undefined : frame(file, name ?? '', { place: `${file}:${lineNo ?? ''}` });
  }
  // Ruby: `app/models/order.rb:12:in 'Order#pay'`.
  const [, rubyFile, rubyLine, rubyName] = /^(?:from )?([^\s:]+\.rb):(\d+):in [`']([^']*)'/.exec(line) ?? [];
  if (rubyFile !== undefined) return frame(rubyFile, rubyName ?? '', { place: `${rubyFile}:${rubyLine ?? ''}` });
  // Go: the function on one line, its file on the next.
  const [goPlace, goFile] = /^(\S+\.go):\d+/.exec(next) ?? [];
  const [, goName] = /^([\w./*()-]+)\(.*\)$/.exec(line) ?? [];
  return goFile !== undefined && goName !== undefined
    ? frame(goFile, goName, { place: goPlace ?? '', owner: goName })
    : undefined;
}

/** `at …` of JavaScript, Java and .NET. */
function atFrame(rest: string): Frame | undefined {
  const [, dotnet, dotnetFile, dotnetLine] = /^([\w.<>`[\],+|$]+)\(.*\) in (.*):line (\d+)$/.exec(rest) ?? [];
  if (dotnet !== undefined)
    return frame(dotnetFile ?? '', dotnet, { place: `${dotnetFile ?? ''}:${dotnetLine ?? ''}`, owner: dotnet });
  // Folders may have parentheses, `app/(shop)/page.js`; names of JavaScript stand before a blank.
  const blank = rest.indexOf(' (');
  const parenthesis = blank === -1 ? rest.lastIndexOf('(') : blank + 1;
  if (parenthesis !== -1 && rest.endsWith(')')) {
    const name = rest.slice(0, parenthesis).trim();
    const place = rest.slice(parenthesis + 1, -1);
    const isJava = /^(?:[\w$ ]+\.(?:java|kt|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source)$/.test(place);
    if (isJava) {
      const owner = name.replace(/^.*\//, '');
      return frame(place.replace(/:\d+$/, ''), owner, { place, owner });
    }
    // Native code without symbols: an image and an address, which is another at every start.
    const [, image] = nativePlace.exec(place) ?? [];
    if (image !== undefined) return frame(image, name, { place });
    if (!/:\d+|native|^unknown$|<anonymous>|index \d+/.test(place)) return frame('', name, { place: '', owner: name });
    return frame(withoutPosition(place), name, { place });
  }
  const [, image] = nativePlace.exec(rest) ?? [];
  if (image !== undefined) return frame(image, '', { place: rest });
  const place = rest.replace(/^async /, '');
  return /:\d+$/.test(rest) || rest === 'native' ? frame(withoutPosition(place), '', { place }) : undefined;
}

const nativePlace = /^(\S*) ?0x[\da-f]+$/i;

const withoutPosition = (place: string): string => place.replace(/(?::\d+){1,2}$/, '');

/** `owner`: where the code is known by its package and not by its file. */
function frame(
  file: string,
  name: string,
  { place, owner }: { readonly place: string; readonly owner?: string },
): Frame {
  const isOwn = !foreign.test(file) && (owner === undefined || !foreign.test(owner));
  return { file: stableFile(file), function: stableName(name), isOwn, place, called: name.replace(/^async /, '') };
}

/** The last two parts of a path, so that it does not matter where a service is installed; hashes of bundles and line numbers are gone. */
function stableFile(file: string): string {
  const plain = file
    .replace(/^(?:file|webpack|webpack-internal|app):\/+/, '')
    .replace(/[?#].*$/, '')
    .replaceAll('\\', '/');
  return plain
    .split('/')
    .slice(-2)
    .join('/')
    .replace(/[.-][\da-f]{8,}(?=\.)/gi, '')
    .replace(/[.-]([\w-]{8})(?=\.[cm]?js$)/, (whole, hash: string) => (isHash(hash) ? '' : whole))
    .replace(/(?:-[\da-f]{8,})?:wasm-function\[\d+\]:?$/i, '');
}

/** What Vite and its like put into the names of chunks: letters of both cases and digits, and no word. */
const isHash = (text: string): boolean => /\d/.test(text) || (text.match(/[A-Z]/g) ?? []).length >= 2;

function stableName(name: string): string {
  return name
    .replace(/^(?:async |new )+/, '')
    .replace(/ \[as [^\]]*\]$/, '')
    .replace(/^(?:Object|Module|Function|Proxy|process|global)\./, '')
    .replace(/<anonymous>/g, '')
    .replace(/\$\$Lambda.*$/, '$$Lambda')
    .replace(/lambda\$(\w+)\$\d+/, 'lambda$$$1')
    .replace(/0x[\da-f]+/gi, '')
    .replace(/\d+/g, '0')
    .slice(0, 200);
}
