import type { Queue } from 'bullmq'
import type { AddressInfo } from 'node:net'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { issue } from '../../gan/check/issue.ts'

/** A web page of a queue, until it is closed. */
export interface Dashboard {
  readonly address: string
  readonly close: () => Promise<void>
}

const load = TE.tryCatch(
  async () => {
    const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/express')
    ])
    return { createBullBoard, BullMQAdapter, ExpressAdapter }
  },
  (cause): Issues => [
    {
      ...issue(
        'Missing',
        ['dashboard'],
        'the packages @bull-board/api and @bull-board/express',
        'none of that name',
        'npm install @bull-board/api @bull-board/express'
      ),
      cause
    }
  ]
)

/** Names under which a page on this machine is asked for: another one is a name that somebody made to lead here. */
const isOwnName = (host: string | undefined): boolean =>
  host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)

/**
 * Shows a queue as a web page (bull-board), to read alone: on this machine, unless another address is given. A port of 0 is
 * any that is free.
 */
export const openDashboard = (
  queue: Queue,
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {}
): TE.TaskEither<Issues, Dashboard> =>
  pipe(
    load,
    TE.chain(({ createBullBoard, BullMQAdapter, ExpressAdapter }) =>
      TE.tryCatch(
        async () => {
          const adapter = new ExpressAdapter()
          createBullBoard({ queues: [new BullMQAdapter(queue, { readOnlyMode: true })], serverAdapter: adapter })
          const page = adapter.getRouter() as (request: unknown, response: unknown) => void
          const isLoopback = isOwnName(host)
          const { createServer } = process.getBuiltinModule('node:http')
          const server = createServer((request, response) => {
            if (isLoopback && !isOwnName(request.headers.host)) response.writeHead(403).end()
            else page(request, response)
          })
          await new Promise<void>((resolve, reject) => {
            server.once('error', reject)
            server.listen(port, host, resolve)
          })
          const { port: taken } = server.address() as AddressInfo
          return {
            address: `http://${host}:${String(taken)}/`,
            close: () =>
              new Promise<void>((resolve) => {
                server.close(() => {
                  resolve()
                })
                server.closeAllConnections()
              })
          }
        },
        (cause): Issues => [
          issue(
            'EngineFailed',
            ['dashboard'],
            `a free port ${String(port)} at ${host}`,
            cause instanceof Error ? cause.message : String(cause),
            'Give another port'
          )
        ]
      )
    )
  )
