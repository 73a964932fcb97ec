import 'reflect-metadata';
import { setTenant } from '@bellwether/node';
import { Controller, ForbiddenException, Get, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';

class Shop {
  order(user, order) {
    return { user, order };
  }
  async tenant(tenant) {
    await new Promise(resolve => setTimeout(resolve, 5));
    setTenant(tenant);
    return {};
  }
  fails() {
    throw new RangeError('out of range');
  }
  refused() {
    throw new ForbiddenException();
  }
}

// What a TypeScript compiler makes of `@Controller()`, `@Get('…')` and `@Param('…')`.
const route = (name, path, ...parameters) => {
  Get(path)(Shop.prototype, name, Object.getOwnPropertyDescriptor(Shop.prototype, name));
  for (const [index, parameter] of parameters.entries()) Param(parameter)(Shop.prototype, name, index);
};
route('order', 'users/:user/orders/:order', 'user', 'order');
route('tenant', 'tenants/:tenant', 'tenant');
route('fails', 'fails');
route('refused', 'refused');
Controller()(Shop);

class Root {
  controllers = [Shop];
}

async function main() {
  const root = { module: Root, controllers: [Shop] };
  const app = await NestFactory.create(root, new ExpressAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  console.log(`port ${app.getHttpServer().address().port}`);
}
void main();
