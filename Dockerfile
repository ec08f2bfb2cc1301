# A static binary in an image that holds nothing else.
#
#     docker build -t iamsim .
#     docker run --rm --network=none -v "$PWD:/work:ro" iamsim lint

# On Alpine, Rust links against musl, and statically.
FROM rust:1.95-alpine AS build
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /iamsim
COPY . .
RUN cargo build --release --locked

FROM scratch
COPY --from=build /iamsim/target/release/iamsim /iamsim
WORKDIR /work
# Nobody in particular, by number, since there is no list of users.
USER 65534:65534
ENTRYPOINT ["/iamsim"]
CMD ["--help"]
