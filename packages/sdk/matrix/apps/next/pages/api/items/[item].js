export default function item(request, response) {
  if (request.query.item === 'none') throw new TypeError('no such item');
  response.json({ item: request.query.item });
}
