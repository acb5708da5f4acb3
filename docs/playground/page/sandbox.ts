import type { Answer } from '../worker/messages.ts'
import type { OpenWire } from './connection.ts'

/**
 * A frame of an origin of its own in which code that a reader wrote, or that a link brought, may run: its policy forbids
 * every connection, it has no storage and sees nothing of this page; all it can do is compute in a worker, and send messages.
 */
const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:"

/** Runs in the frame: the first message is the worker's text, whatever comes after goes to the worker, and back. */
const relay = `
addEventListener('message', ({ data }) => {
  const worker = new Worker(URL.createObjectURL(new Blob([data], { type: 'text/javascript' })))
  worker.onmessage = ({ data }) => parent.postMessage(data, '*')
  worker.onerror = ({ message }) => parent.postMessage({ type: 'state', playing: false, issues: [{ path: [], text: message, isWarning: false }] }, '*')
  addEventListener('message', ({ data }) => worker.postMessage(data))
}, { once: true })
parent.postMessage('ready', '*')
`

const frameOf = (): HTMLIFrameElement => {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.hidden = true
  frame.title = 'Code of your own runs here, without network'
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${relay}</script>`
  return frame
}

/** Opens a wire to a worker inside the sandbox, whose whole program is this text. */
export const sandboxed =
  (workerText: string): OpenWire =>
  (onMessage) => {
    const frame = frameOf()
    const kept: unknown[] = []
    let isReady = false
    const post = (message: unknown): void => frame.contentWindow?.postMessage(message, '*')
    const listen = ({ source, data }: MessageEvent<Answer | 'ready'>): void => {
      if (source !== frame.contentWindow) return
      if (data !== 'ready') return onMessage(data)
      post(workerText)
      isReady = true
      kept.splice(0).forEach(post)
    }
    window.addEventListener('message', listen)
    document.body.append(frame)
    return {
      send: (message) => (isReady ? post(message) : void kept.push(message)),
      close: () => {
        window.removeEventListener('message', listen)
        frame.remove()
      }
    }
  }
