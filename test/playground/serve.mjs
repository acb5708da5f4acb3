// Serves a folder of static files on the loopback address, isolated or not.
import { createServer } from 'node:http'
import { isolation, filesOf } from '../browser/chromium.mjs'
import { extname } from 'node:path'

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png'
}

export const serve = async (folder, { isolated = true } = {}) => {
  const files = filesOf(folder)
  const server = createServer((request, response) => {
    const [path] = request.url.split('?')
    const content = files.get(path.endsWith('/') ? `${path}index.html` : path)
    const headers = isolated ? isolation : {}
    response.writeHead(content === undefined ? 404 : 200, {
      ...headers,
      'Content-Type': types[extname(path)] ?? 'text/html'
    })
    response.end(content)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }
}
