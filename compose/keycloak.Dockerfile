# Keycloak with its build step done, so that it starts from a read-only root. Not below 26.8.0: earlier releases
# let a refresh token be replayed (CVE-2026-1035, and within the same second until 26.8.0).
FROM quay.io/keycloak/keycloak:26.8.0 AS build
ENV KC_DB=postgres KC_HEALTH_ENABLED=true
RUN /opt/keycloak/bin/kc.sh build

FROM quay.io/keycloak/keycloak:26.8.0
COPY --from=build /opt/keycloak/lib/quarkus/ /opt/keycloak/lib/quarkus/
COPY --chmod=0555 start.sh /opt/keycloak/bin/start.sh
ENV KC_DB=postgres KC_HEALTH_ENABLED=true
USER 1000:0
ENTRYPOINT ["/opt/keycloak/bin/start.sh"]
