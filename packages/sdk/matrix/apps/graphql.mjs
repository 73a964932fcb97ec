import {
  GraphQLError,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  graphql,
} from 'graphql';
import http from 'node:http';

const order = new GraphQLObjectType({
  name: 'Order',
  fields: {
    id: { type: GraphQLString },
    total: { type: GraphQLInt, resolve: () => new Promise(resolve => setTimeout(resolve, 2, 7)) },
  },
});
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      orders: { type: new GraphQLList(order), resolve: async () => [{ id: 'a' }, { id: 'b' }] },
      fails: {
        type: GraphQLString,
        resolve() {
          throw new RangeError('out of range');
        },
      },
      refused: {
        type: GraphQLString,
        resolve() {
          throw new GraphQLError('not yours');
        },
      },
    },
  }),
});
const documents = {
  '/orders': 'query Orders { orders { id total } }',
  '/fails': 'query Fails { fails }',
  '/refused': '{ refused }',
};

async function answer(request, response) {
  // graphql 15 also takes this form.
  const result = await graphql({ schema, source: documents[request.url] });
  response.end(JSON.stringify(result));
}
const server = http.createServer(answer);
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
