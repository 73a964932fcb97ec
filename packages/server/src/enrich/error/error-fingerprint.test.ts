import { expect, test } from 'vitest';
import { errorFingerprint, stableMessage } from './error-fingerprint.js';
import { stackFrames } from '../../base/stack-frames.js';

const traces: Readonly<Record<string, string>> = {
  javascript: `TypeError: x is not a function
    at Order.pay (/srv/app/dist/orders/pay.js:12:7)
    at async file:///srv/app/dist/main.js:40:3
    at Layer.handle [as handle_request] (/srv/app/node_modules/express/lib/layer.js:95:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`,
  python: `Traceback (most recent call last):
  File "/srv/app/orders/pay.py", line 12, in pay
    charge(card)
  File "/usr/lib/python3.12/site-packages/stripe/api.py", line 3, in charge
    raise CardError()
stripe.CardError: declined`,
  java: `java.lang.IllegalStateException: no stock
\tat com.acme.shop.Stock.reserve(Stock.java:88)
\tat com.acme.shop.Cart.lambda$checkout$3(Cart.java:12)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)`,
  dotnet: `System.InvalidOperationException: no stock
   at Acme.Shop.Stock.Reserve(Int32 count) in C:\\src\\Shop\\Stock.cs:line 88
   at System.Threading.Tasks.Task.Execute() in /_/src/Task.cs:line 12`,
  ruby: "app/models/stock.rb:88:in `reserve'\n/usr/lib/ruby/gems/3.2/gems/rails-7.0/lib/rails.rb:12:in `call'",
  php: '#0 /srv/app/src/Stock.php(88): Acme\\Stock->reserve(3)\n#1 /srv/app/vendor/laravel/x.php(12): run()\n#2 {main}',
  go: 'goroutine 1 [running]:\nmain.reserve(0xc000)\n\t/srv/app/stock.go:88 +0x1d\nruntime.main()\n\t/usr/local/go/src/runtime/proc.go:250 +0x1c',
  native: 'EXC_BAD_ACCESS\n    at libcart.so 0x7f12ab00\n    at reserve (shop 0x1000f3a)',
};

test.each([
  ['javascript', ['orders/pay.js|Order.pay', 'dist/main.js|'], 4],
  ['python', ['orders/pay.py|pay'], 2],
  ['java', ['Stock.java|com.acme.shop.Stock.reserve', 'Cart.java|com.acme.shop.Cart.lambda$checkout'], 3],
  ['dotnet', ['Shop/Stock.cs|Acme.Shop.Stock.Reserve'], 2],
  ['ruby', ['models/stock.rb|reserve'], 2],
  ['php', ['src/Stock.php|Acme\\Stock->reserve'], 2],
  ['go', ['app/stock.go|main.reserve'], 2],
  ['native', ['libcart.so|', 'shop|reserve'], 2],
] as const)('the frames of %s are told apart, and its own from those of others', (language, own, all) => {
  const frames = stackFrames(traces[language] ?? '');
  expect(frames.filter(({ isOwn }) => isOwn).map(frame => `${frame.file}|${frame.function}`)).toEqual(own);
  expect(frames).toHaveLength(all);
});

const fingerprint = (stacktrace: string, type = 'TypeError', message = ''): string =>
  errorFingerprint({ type, message, stacktrace }).join();

test('lines, columns, folders, bundle hashes and library frames do not matter; the function and the type do', () => {
  const trace = traces['javascript'] ?? '';
  const same = fingerprint(trace);
  expect(fingerprint(trace.replaceAll('12:7', '13:9').replaceAll('/srv/app', '/home/other'))).toBe(same);
  expect(fingerprint(trace.replace('pay.js', 'pay.8f3a9c1b.js').replace('layer.js:95:5', 'other.js:1:1'))).toBe(same);
  expect(fingerprint(trace.replace('Order.pay', 'Order.refund'))).not.toBe(same);
  expect(fingerprint(trace, 'RangeError')).not.toBe(same);
});

test('without a stack trace the message decides, without what changes from case to case', () => {
  expect(stableMessage('order 8812 of "ann" not found in 12.5 ms')).toBe('order # of # not found in # ms');
  expect(fingerprint('', 'E', 'order 1 missing')).toBe(fingerprint('', 'E', 'order 2 missing'));
  expect(fingerprint('', 'E', 'order 1 missing')).not.toBe(fingerprint('', 'E', 'cart 1 missing'));
});

test('of an error of JavaScript its own frames count, told with its causes and members or without; of others those of causes, too', () => {
  const own = 'Lost: no stock\n    at reserve (/srv/app/src/stock.js:4:2)';
  const cause = 'TypeError: x\n    at read (/srv/app/src/read.js:9:1)';
  expect(fingerprint(`${own}\nCaused by: ${cause}`, 'Lost')).toBe(fingerprint(own, 'Lost'));
  expect(fingerprint(`${own} {\n  [cause]: ${cause}\n}`, 'Lost')).toBe(fingerprint(own, 'Lost'));
  expect(fingerprint(`AggregateError: all\nerrors[0]: ${cause}`, 'AggregateError', 'all')).toBe(
    fingerprint('AggregateError: all', 'AggregateError', 'all'),
  );
  const java = traces['java'] ?? '';
  expect(fingerprint(`${java}\nCaused by: E: x\n\tat com.acme.Db.read(Db.java:7)`)).not.toBe(fingerprint(java));
});

test('a text that was thrown is the same whatever it is called', () => {
  expect(fingerprint('', 'string', 'order 7 is wrong')).toBe(fingerprint('', '', 'order 8 is wrong'));
});

test('no error has no fingerprint, any error has one', () => {
  expect(errorFingerprint({ type: '', message: '', stacktrace: '' })).toEqual([0, 0]);
  expect(errorFingerprint({ type: 'E', message: '', stacktrace: '' })).not.toEqual([0, 0]);
});

test('a trace of any size is read in time', () => {
  for (const unit of [
    'at ',
    'at a (',
    '(',
    'File "',
    '#1 a(',
    "a'",
    'a.go:1\n',
    '$$Lambda',
    'at a.b(c) in d:line 1',
    '\n',
  ]) {
    const text = unit.repeat(Math.ceil(200_000 / unit.length));
    const before = process.cpuUsage();
    errorFingerprint({ type: '', message: text, stacktrace: text });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(250);
  }
});
