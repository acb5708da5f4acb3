import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createConnection } from 'node:net'
import { until } from './support.ts'

/** A Redis server of a test, on a port of its own of this machine, which keeps what it holds in a folder. */
export interface TestServer {
  readonly address: string
  readonly port: number
  readonly start: () => Promise<void>
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })

const running = new Set<TestServer>()

/** Stops what a test left, which may have failed. */
export const stopServers = async (): Promise<void> => {
  for (const server of running) await server.stop()
}

/** `lines` are of the server's own configuration: a password, say, or TLS. */
export const redisServer = async (folder: string, lines: readonly string[] = [], at?: number): Promise<TestServer> => {
  const port = at ?? (await freePort())
  const config = `${folder}/redis.conf`
  const common = ['bind 127.0.0.1', `dir ${folder}`, 'appendonly yes', 'appendfsync always', 'save ""']
  writeFileSync(config, [...(lines.some((line) => line.startsWith('tls-port')) ? ['port 0'] : [`port ${String(port)}`]), ...common, ...lines, ''].join('\n')) // prettier-ignore
  let server: ChildProcess | undefined
  const made: TestServer = {
    port,
    address: `redis://127.0.0.1:${String(port)}`,
    start: async () => {
      server = spawn('redis-server', [config], { stdio: 'ignore' })
      running.add(made)
      await until(() => answers(port))
    },
    stop: async (signal = 'SIGKILL') => {
      const gone = new Promise((resolve) => server?.once('exit', resolve))
      server?.kill(signal)
      await gone
      running.delete(made)
    }
  }
  return made
}
