import type { Instrumentation } from './instrumentation.js';
import { type ConnectionFigures, MessageConnections, withOwnFacts } from './message-connections.js';
import { wrap } from './wrap.js';

/** ws 7 and 8, client and server, also where it is part of something else (engine.io): connections, messages and errors. */
export const ws: Instrumentation = {
  name: 'ws',
  via: 'patch',
  attach(tools) {
    const connections = new MessageConnections(tools.recorder, 'websocket');
    const server = connections.figures({ 'network.connection.role': 'server' });
    const client = connections.figures({ 'network.connection.role': 'client' });
    const open = new WeakSet<object>();

    tools.onLoad('ws/lib/websocket', (WebSocket, version) => {
      if (typeof WebSocket !== 'function') return;
      const undos = [
        wrap(WebSocket.prototype, 'emit', (socket, args, emit) => {
          const [event] = args;
          if (event === 'message') {
            figuresOf(socket).received.value++;
            return withOwnFacts(() => emit.apply(socket, args));
          }
          if (event === 'open' || event === 'close' || event === 'error') note(socket, event);
          return emit.apply(socket, args);
        }),
        wrap(WebSocket.prototype, 'send', (socket, args, send) => {
          figuresOf(socket).sent.value++;
          return send.apply(socket, args);
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });

    function figuresOf(socket: unknown): ConnectionFigures {
      return Reflect.get(Object(socket), '_isServer') === true ? server : client;
    }

    function note(socket: unknown, event: 'open' | 'close' | 'error'): void {
      const key = Object(socket);
      const figures = figuresOf(socket);
      if (event === 'error') figures.errors.value++;
      else if (event === 'open' && !open.has(key)) {
        open.add(key);
        figures.open.value++;
      } else if (event === 'close' && open.delete(key)) figures.open.value--;
    }
  },
};
