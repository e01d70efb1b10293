// Runs after every start and changes nothing the second time: a replica set of one (transactions and change streams
// need one) and the account of the store, which can enter its own database only.
const { readFileSync } = require("node:fs");
const secret = (name) => readFileSync(`/run/secrets/${name}`, "utf8").trim();

const admin = connect("mongodb://mongo:27017/admin?directConnection=true");
admin.auth("mongo-operator", secret("mongo_root_password"));

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  admin.adminCommand({ replSetInitiate: { _id: "catalog", members: [{ _id: 0, host: "mongo:27017" }] } });
}
for (let waited = 0; !admin.hello().isWritablePrimary; waited += 1) {
  if (waited === 60) throw new Error("mongo has not become primary within 60 s");
  sleep(1000);
}

const store = admin.getSiblingDB("store");
if (store.getUser("store") === null) {
  store.createUser({ user: "store", pwd: secret("mongo_store_password"), roles: [{ role: "readWrite", db: "store" }] });
}
