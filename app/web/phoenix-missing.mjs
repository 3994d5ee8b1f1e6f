// Stands in for phoenix.js in a build without the npm packages of app/web.
export class Socket {
  constructor() {
    throw new Error("built without phoenix.js: run `npm ci` in app/web");
  }
}
export class Presence {}
