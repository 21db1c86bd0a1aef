FROM node:24-slim
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts
ENV AMENDS_HOST=0.0.0.0 AMENDS_DATA=/data
VOLUME /data
EXPOSE 3000
CMD ["node", "--disable-warning=ExperimentalWarning", "dist/apps/standalone/main.js"]
