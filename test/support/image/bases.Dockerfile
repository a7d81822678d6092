# Stand-ins for the official Node.js images, of this machine's own files: image.ts lays them out.
FROM scratch AS run
COPY run /
ENV PATH=/usr/local/bin:/usr/bin:/bin

# The certificates are those that this machine trusts: its registry may be behind a proxy of its own.
FROM run AS build
COPY build /
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
