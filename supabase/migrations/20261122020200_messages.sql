-- The customer may know that somebody who wrote into his ticket is a stranger, before he believes him.
grant select (verified) on lotse.messages to lotse_customer;
