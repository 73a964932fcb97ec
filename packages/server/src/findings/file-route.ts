import { factOf, type TraceSpans } from './trace-spans.js';

const words =
  /(?:^|[/._-])(?:export|exports|download|downloads|file|files|image|images|img|photo|photos|avatar|media|video|audio|static|assets|upload|uploads|attachment|attachments|backup|backups|dump|archive|pdf|csv|xlsx|zip|report|reports|invoice-pdf|stream|blob|blobs|thumbnail|thumbnails|sitemap|feed|bundle|tiles|import|imports|ingest|_?bulk|otlp|traces)(?:[/._:?-]|$)/i;
const endings =
  /\.(?:csv|xlsx?|pdf|zip|gz|tgz|tar|png|jpe?g|gif|webp|avif|svg|ico|mp[34]|webm|mov|wav|js|css|map|wasm|woff2?|ttf|xml|parquet|ndjson|jsonl|bin|iso|dmg|apk|sql|glb|gltf|onnx)(?:$|[?#/])/i;

/** Is a file what the request is about: a download, an upload, an export? There size is no fault. */
export function isFileRoute(trace: TraceSpans, span: number): boolean {
  const address = factOf(trace, span, 'server.address', 'net.peer.name').slice(0, 300);
  const content = factOf(trace, span, 'http.response.header.content-type');
  if (content !== '' && !/(?<!nd)json(?!-seq|l)|html|text\/plain|graphql|protobuf|grpc/i.test(content)) return true;
  if (/(?:^|\.)(?:s3[.-][\w.-]*amazonaws\.com|storage\.googleapis\.com|blob\.core\.windows\.net)$/i.test(address))
    return true;
  if (factOf(trace, span, 'http.response.status_code', 'http.status_code') === '206') return true;
  const paths = [
    factOf(trace, span, 'http.route'),
    factOf(trace, span, 'url.path', 'http.target'),
    factOf(trace, span, 'url.full', 'http.url'),
    address,
  ];
  return paths.some(path => words.test(path.slice(0, 1000)) || endings.test(path.slice(0, 1000)));
}
