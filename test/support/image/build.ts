/** build.ts TAG TAR: builds the image and writes it as a tar. Needs a Node.js that runs TypeScript (24). */
import { buildImage, saveImage } from './image.ts';

const [tag, tar] = process.argv.slice(2);
if (tag === undefined || tar === undefined) throw new Error('Usage: build.ts TAG TAR');
await buildImage(tag);
await saveImage(tag, tar);
