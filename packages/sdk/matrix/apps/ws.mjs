import http from 'node:http';
import * as library from 'ws';

// ws 7 has its server on the class alone.
const WebSocket = library.default;
const WebSocketServer = library.WebSocketServer ?? WebSocket.Server;

const server = http.createServer((_request, response) => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}/`);
  socket.on('open', () => socket.send('one'));
  let answers = 0;
  socket.on('message', () => {
    answers++;
    if (answers === 1) socket.send('two');
    // The first connection of all stays open.
    else if (open === undefined) {
      open = socket;
      response.end();
    } else socket.close();
  });
  socket.on('close', () => response.end());
});
let open;
const sockets = new WebSocketServer({ server });
sockets.on('connection', socket => socket.on('message', text => socket.send(text)));
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
