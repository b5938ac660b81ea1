# The program in an image of its own: docker build -t appstream-console . && docker run -p 3000:3000 -v console:/data appstream-console
FROM rust:1.95-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make build

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home /data console && mkdir /data && chown console /data
COPY --from=build /src/target/release/appstream-console /usr/local/bin/
USER console
VOLUME /data
EXPOSE 3000
ENV APPSTREAM_CONSOLE_LISTEN=0.0.0.0:3000 APPSTREAM_CONSOLE_DATA_DIR=/data
ENTRYPOINT ["appstream-console"]
