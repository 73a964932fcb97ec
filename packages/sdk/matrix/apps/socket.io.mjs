import http from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

const server = http.createServer((request, response) => {
  const socket = io(`http://127.0.0.1:${server.address().port}/orders`, { transports: ['websocket'], forceNew: true });
  socket.on('placed', () => {
    response.end();
    if (request.url === '/leave') socket.disconnect();
  });
  socket.emit('place', { id: 7 });
});
const sockets = new Server(server);
sockets.of('/orders').on('connection', socket => socket.on('place', order => socket.emit('placed', order)));
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
