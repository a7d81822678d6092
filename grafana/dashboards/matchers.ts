/** Matchers of PromQL that leave out what a sum would count twice, or wrongly: the same as `kubemon summary` does. */

/** Neither idle nor taken by another virtual machine. */
export const inUse = 'mode!~"idle|iowait|steal"';

/** Without devices made of others (LVM, encryption, RAID): what they do is in those, too. */
export const realDevices = String.raw`device!~"dm-.*|md\\d.*"`;

/** A pod's network, or a container's: what it sends itself passes no other interface. */
export const pastLoopback = 'interface!="lo"';

const carriers =
  'veth docker br- cni virbr cali cilium lxc flannel tunl vxlan kube- dummy nodelocaldns'.split(' ');

/** A node's: without the loopback, and what carries its containers' traffic, which passes another interface, too. */
export const outerInterfaces = `interface!~"${['lo', ...carriers.map((name) => `${name}.*`)].join('|')}"`;
