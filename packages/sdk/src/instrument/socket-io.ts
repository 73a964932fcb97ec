import type { Instrumentation } from './instrumentation.js';
import { type ConnectionFigures, MessageConnections, withOwnFacts } from './message-connections.js';
import { wrap } from './wrap.js';

/** Namespaces can be made by clients, when the application allows names by a pattern. */
const maxNamespaces = 200;

/** The server of socket.io 3 and 4: connections, events and errors by namespace, over whatever transport. */
export const socketIo: Instrumentation = {
  name: 'socket.io',
  via: 'patch',
  attach(tools) {
    const connections = new MessageConnections(tools.recorder, 'socketio');
    const byNamespace = new Map<string, ConnectionFigures>();
    const open = new WeakSet<object>();

    tools.onLoad('socket.io/dist/socket', (exports, version) => {
      const Socket: unknown = Reflect.get(Object(exports), 'Socket');
      if (typeof Socket !== 'function') return;
      const around = (name: string, note: (socket: object, figures: ConnectionFigures) => void): void => {
        const undo = wrap(Socket.prototype, name, (socket, args, method) => {
          note(Object(socket), figuresOf(socket));
          return method.apply(socket, args);
        });
        if (undo !== undefined) tools.undo(undo);
      };
      around('_onconnect', (socket, figures) => {
        if (open.has(socket)) return;
        open.add(socket);
        figures.open.value++;
      });
      around('_onclose', (socket, figures) => {
        if (open.delete(socket)) figures.open.value--;
      });
      around('_onerror', (_socket, figures) => void figures.errors.value++);
      const undos = [
        // Events of the server's own, such as `disconnect`, do not come this way.
        wrap(Socket.prototype, 'emit', (socket, args, emit) => {
          figuresOf(socket).sent.value++;
          return emit.apply(socket, args);
        }),
        wrap(Socket.prototype, 'dispatch', (socket, args, dispatch) => {
          figuresOf(socket).received.value++;
          return withOwnFacts(() => dispatch.apply(socket, args));
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });

    function figuresOf(socket: unknown): ConnectionFigures {
      const found: unknown = Reflect.get(Object(Reflect.get(Object(socket), 'nsp')), 'name');
      const name = typeof found === 'string' ? found : '/';
      const known = byNamespace.get(name);
      if (known !== undefined) return known;
      if (byNamespace.size >= maxNamespaces) return connections.figures({ 'socketio.namespace': '_OTHER' });
      const made = connections.figures({ 'socketio.namespace': name });
      byNamespace.set(name, made);
      return made;
    }
  },
};
