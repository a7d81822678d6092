/** Devices made of others: LVM, encryption, RAID. What they do is in those, too. */
export const stacked = /^(?:dm-|md\d)/;
