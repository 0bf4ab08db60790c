import analytics from "./analytics.json";
import calls from "./calls.json";
import common from "./common.json";
import crm from "./crm.json";
import people from "./people.json";
import problems from "./problems.json";
import routing from "./routing.json";
import telephony from "./telephony.json";

export default { ...analytics, ...calls, ...common, ...crm, ...people, ...problems, ...routing, ...telephony };
