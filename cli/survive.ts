/** Lets errors that nothing handles be told, and not end this process: the functions of the app are in it. Returns what undoes this. */
export function survive(tell: (error: unknown) => void): () => void {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', tell);
  return () => {
    process.off('uncaughtException', tell);
    others.forEach((listener) => process.on('uncaughtException', listener));
  };
}
