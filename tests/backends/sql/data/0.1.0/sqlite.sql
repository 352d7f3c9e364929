BEGIN TRANSACTION;
CREATE TABLE memcert_marks (
	space_id INTEGER NOT NULL, 
	mark VARCHAR(255) NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (space_id, mark, number), 
	CONSTRAINT memcert_marks_of_message UNIQUE (space_id, number, mark)
)
 WITHOUT ROWID

;
INSERT INTO "memcert_marks" VALUES(1,'done',0);
INSERT INTO "memcert_marks" VALUES(1,'task',0);
INSERT INTO "memcert_marks" VALUES(1,'hint',1);
INSERT INTO "memcert_marks" VALUES(1,'task',1);
INSERT INTO "memcert_marks" VALUES(1,'seen',3);
INSERT INTO "memcert_marks" VALUES(1,'more',4);
INSERT INTO "memcert_marks" VALUES(1,'more',5);
INSERT INTO "memcert_marks" VALUES(1,'more',7);
INSERT INTO "memcert_marks" VALUES(1,'more',8);
INSERT INTO "memcert_marks" VALUES(1,'more',9);
INSERT INTO "memcert_marks" VALUES(1,'more',10);
INSERT INTO "memcert_marks" VALUES(1,'more',11);
INSERT INTO "memcert_marks" VALUES(1,'seen',11);
INSERT INTO "memcert_marks" VALUES(1,'more',12);
INSERT INTO "memcert_marks" VALUES(1,'more',13);
INSERT INTO "memcert_marks" VALUES(1,'more',14);
INSERT INTO "memcert_marks" VALUES(1,'more',15);
INSERT INTO "memcert_marks" VALUES(1,'more',16);
INSERT INTO "memcert_marks" VALUES(1,'more',17);
INSERT INTO "memcert_marks" VALUES(1,'more',18);
INSERT INTO "memcert_marks" VALUES(1,'more',19);
INSERT INTO "memcert_marks" VALUES(1,'more',20);
INSERT INTO "memcert_marks" VALUES(1,'more',21);
INSERT INTO "memcert_marks" VALUES(1,'more',22);
INSERT INTO "memcert_marks" VALUES(1,'more',23);
INSERT INTO "memcert_marks" VALUES(2,'A',0);
INSERT INTO "memcert_marks" VALUES(2,'a',0);
INSERT INTO "memcert_marks" VALUES(2,'A',1);
INSERT INTO "memcert_marks" VALUES(2,'a',1);
INSERT INTO "memcert_marks" VALUES(2,'A',2);
INSERT INTO "memcert_marks" VALUES(2,'a',2);
INSERT INTO "memcert_marks" VALUES(2,'A',3);
INSERT INTO "memcert_marks" VALUES(2,'a',3);
INSERT INTO "memcert_marks" VALUES(2,'A',4);
INSERT INTO "memcert_marks" VALUES(2,'a',4);
INSERT INTO "memcert_marks" VALUES(2,'A',5);
INSERT INTO "memcert_marks" VALUES(2,'a',5);
INSERT INTO "memcert_marks" VALUES(2,'A',6);
INSERT INTO "memcert_marks" VALUES(2,'a',6);
INSERT INTO "memcert_marks" VALUES(2,'A',7);
INSERT INTO "memcert_marks" VALUES(2,'a',7);
INSERT INTO "memcert_marks" VALUES(2,'A',8);
INSERT INTO "memcert_marks" VALUES(2,'a',8);
INSERT INTO "memcert_marks" VALUES(2,'A',9);
INSERT INTO "memcert_marks" VALUES(2,'a',9);
INSERT INTO "memcert_marks" VALUES(2,'A',10);
INSERT INTO "memcert_marks" VALUES(2,'a',10);
INSERT INTO "memcert_marks" VALUES(2,'A',11);
INSERT INTO "memcert_marks" VALUES(2,'a',11);
INSERT INTO "memcert_marks" VALUES(2,'A',12);
INSERT INTO "memcert_marks" VALUES(2,'a',12);
INSERT INTO "memcert_marks" VALUES(3,'A',0);
INSERT INTO "memcert_marks" VALUES(3,'A',1);
INSERT INTO "memcert_marks" VALUES(3,'a',1);
INSERT INTO "memcert_marks" VALUES(4,'A',0);
INSERT INTO "memcert_marks" VALUES(4,'a ',0);
INSERT INTO "memcert_marks" VALUES(4,'A',1);
INSERT INTO "memcert_marks" VALUES(4,'a',1);
INSERT INTO "memcert_marks" VALUES(5,'A',0);
INSERT INTO "memcert_marks" VALUES(5,'á',0);
INSERT INTO "memcert_marks" VALUES(5,'A',1);
INSERT INTO "memcert_marks" VALUES(5,'a',1);
INSERT INTO "memcert_marks" VALUES(6,'A',0);
INSERT INTO "memcert_marks" VALUES(6,'á',0);
INSERT INTO "memcert_marks" VALUES(6,'A',1);
INSERT INTO "memcert_marks" VALUES(6,'a',1);
INSERT INTO "memcert_marks" VALUES(7,'%',0);
INSERT INTO "memcert_marks" VALUES(7,'A',0);
INSERT INTO "memcert_marks" VALUES(7,'A',1);
INSERT INTO "memcert_marks" VALUES(7,'a',1);
INSERT INTO "memcert_marks" VALUES(8,'A',0);
INSERT INTO "memcert_marks" VALUES(8,'_',0);
INSERT INTO "memcert_marks" VALUES(8,'A',1);
INSERT INTO "memcert_marks" VALUES(8,'a',1);
INSERT INTO "memcert_marks" VALUES(9,'''',0);
INSERT INTO "memcert_marks" VALUES(9,'A',0);
INSERT INTO "memcert_marks" VALUES(9,'A',1);
INSERT INTO "memcert_marks" VALUES(9,'a',1);
INSERT INTO "memcert_marks" VALUES(10,'"',0);
INSERT INTO "memcert_marks" VALUES(10,'A',0);
INSERT INTO "memcert_marks" VALUES(10,'A',1);
INSERT INTO "memcert_marks" VALUES(10,'a',1);
INSERT INTO "memcert_marks" VALUES(11,'A',0);
INSERT INTO "memcert_marks" VALUES(11,'\',0);
INSERT INTO "memcert_marks" VALUES(11,'A',1);
INSERT INTO "memcert_marks" VALUES(11,'a',1);
INSERT INTO "memcert_marks" VALUES(12,'A',0);
INSERT INTO "memcert_marks" VALUES(12,'{}',0);
INSERT INTO "memcert_marks" VALUES(12,'A',1);
INSERT INTO "memcert_marks" VALUES(12,'a',1);
INSERT INTO "memcert_marks" VALUES(13,'
',0);
INSERT INTO "memcert_marks" VALUES(13,'A',0);
INSERT INTO "memcert_marks" VALUES(13,'A',1);
INSERT INTO "memcert_marks" VALUES(13,'a',1);
INSERT INTO "memcert_marks" VALUES(14,'A',0);
INSERT INTO "memcert_marks" VALUES(14,'😀',0);
INSERT INTO "memcert_marks" VALUES(14,'A',1);
INSERT INTO "memcert_marks" VALUES(14,'a',1);
INSERT INTO "memcert_marks" VALUES(15,'hint',0);
INSERT INTO "memcert_marks" VALUES(19,'done',2);
INSERT INTO "memcert_marks" VALUES(19,'task',2);
INSERT INTO "memcert_marks" VALUES(19,'hint',3);
INSERT INTO "memcert_marks" VALUES(19,'task',3);
INSERT INTO "memcert_marks" VALUES(19,'seen',4);
INSERT INTO "memcert_marks" VALUES(19,'more',5);
INSERT INTO "memcert_marks" VALUES(19,'more',6);
INSERT INTO "memcert_marks" VALUES(19,'more',7);
INSERT INTO "memcert_marks" VALUES(19,'more',8);
INSERT INTO "memcert_marks" VALUES(19,'more',9);
INSERT INTO "memcert_marks" VALUES(19,'more',10);
INSERT INTO "memcert_marks" VALUES(19,'more',11);
INSERT INTO "memcert_marks" VALUES(19,'seen',11);
INSERT INTO "memcert_marks" VALUES(19,'more',12);
INSERT INTO "memcert_marks" VALUES(19,'more',13);
INSERT INTO "memcert_marks" VALUES(19,'more',14);
INSERT INTO "memcert_marks" VALUES(19,'more',15);
INSERT INTO "memcert_marks" VALUES(19,'more',16);
INSERT INTO "memcert_marks" VALUES(19,'more',17);
INSERT INTO "memcert_marks" VALUES(19,'more',18);
INSERT INTO "memcert_marks" VALUES(19,'more',19);
INSERT INTO "memcert_marks" VALUES(19,'more',20);
INSERT INTO "memcert_marks" VALUES(19,'more',21);
INSERT INTO "memcert_marks" VALUES(19,'more',22);
INSERT INTO "memcert_marks" VALUES(19,'more',23);
INSERT INTO "memcert_marks" VALUES(20,'ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé',0);
CREATE TABLE memcert_messages (
	space_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	msg_id VARCHAR(255) NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (space_id, number), 
	CONSTRAINT memcert_messages_key UNIQUE (space_id, msg_id)
);
INSERT INTO "memcert_messages" VALUES(1,0,'1','{"id":"1","name":"name","role":"user","content":"text","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,1,'2','{"id":"2","name":"name","role":"user","content":[{"type":"text","text":"NUL \u0000, emoji 😀, quote \" and \\u0000; a line\nand a tab\t"},{"type":"tool_use","id":"1","name":"f","input":{"n":1208925819614629174706176,"f":1.5,"z":null}}],"metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,3,'4','{"id":"4","name":"tool","role":"system","content":[{"type":"text","text":"NUL \u0000, emoji 😀, quote \" and \\u0000; a line\nand a tab\t"},{"type":"tool_use","id":"1","name":"f","input":{"n":1208925819614629174706176,"f":1.5,"z":null}}],"metadata":{"deep":[[{"é":true}]]},"timestamp":"2026-01-02 03:04:05.678","invocation_id":"run-1"}');
INSERT INTO "memcert_messages" VALUES(1,4,'more 0','{"id":"more 0","name":"name","role":"user","content":"0","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,5,'more 1','{"id":"more 1","name":"name","role":"user","content":"1","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,7,'more 3','{"id":"more 3","name":"name","role":"user","content":"3","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,8,'more 4','{"id":"more 4","name":"name","role":"user","content":"4","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,9,'more 5','{"id":"more 5","name":"name","role":"user","content":"5","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,10,'more 6','{"id":"more 6","name":"name","role":"user","content":"6","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,11,'more 7','{"id":"more 7","name":"name","role":"user","content":"7","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,12,'more 8','{"id":"more 8","name":"name","role":"user","content":"8","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,13,'more 9','{"id":"more 9","name":"name","role":"user","content":"9","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,14,'more 10','{"id":"more 10","name":"name","role":"user","content":"10","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,15,'more 11','{"id":"more 11","name":"name","role":"user","content":"11","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,16,'more 12','{"id":"more 12","name":"name","role":"user","content":"12","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,17,'more 13','{"id":"more 13","name":"name","role":"user","content":"13","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,18,'more 14','{"id":"more 14","name":"name","role":"user","content":"14","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,19,'more 15','{"id":"more 15","name":"name","role":"user","content":"15","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,20,'more 16','{"id":"more 16","name":"name","role":"user","content":"16","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,21,'more 17','{"id":"more 17","name":"name","role":"user","content":"17","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,22,'more 18','{"id":"more 18","name":"name","role":"user","content":"18","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,23,'more 19','{"id":"more 19","name":"name","role":"user","content":"19","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(1,24,'3','{"id":"3","name":"name","role":"user","content":"again","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,0,'a','{"id":"a","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,1,'A','{"id":"A","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,2,'a ','{"id":"a ","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,3,'á','{"id":"á","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,4,'á','{"id":"á","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,5,'%','{"id":"%","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,6,'_','{"id":"_","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,7,'''','{"id":"''","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,8,'"','{"id":"\"","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,9,'\','{"id":"\\","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,10,'{}','{"id":"{}","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,11,'
','{"id":"\n","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(2,12,'😀','{"id":"😀","name":"name","role":"user","content":"a","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(3,0,'A','{"id":"A","name":"name","role":"user","content":"A","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(3,1,'a','{"id":"a","name":"name","role":"user","content":"A","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(4,0,'a ','{"id":"a ","name":"name","role":"user","content":"a ","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(4,1,'a','{"id":"a","name":"name","role":"user","content":"a ","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(5,0,'á','{"id":"á","name":"name","role":"user","content":"á","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(5,1,'a','{"id":"a","name":"name","role":"user","content":"á","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(6,0,'á','{"id":"á","name":"name","role":"user","content":"á","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(6,1,'a','{"id":"a","name":"name","role":"user","content":"á","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(7,0,'%','{"id":"%","name":"name","role":"user","content":"%","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(7,1,'a','{"id":"a","name":"name","role":"user","content":"%","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(8,0,'_','{"id":"_","name":"name","role":"user","content":"_","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(8,1,'a','{"id":"a","name":"name","role":"user","content":"_","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(9,0,'''','{"id":"''","name":"name","role":"user","content":"''","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(9,1,'a','{"id":"a","name":"name","role":"user","content":"''","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(10,0,'"','{"id":"\"","name":"name","role":"user","content":"\"","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(10,1,'a','{"id":"a","name":"name","role":"user","content":"\"","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(11,0,'\','{"id":"\\","name":"name","role":"user","content":"\\","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(11,1,'a','{"id":"a","name":"name","role":"user","content":"\\","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(12,0,'{}','{"id":"{}","name":"name","role":"user","content":"{}","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(12,1,'a','{"id":"a","name":"name","role":"user","content":"{}","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(13,0,'
','{"id":"\n","name":"name","role":"user","content":"\n","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(13,1,'a','{"id":"a","name":"name","role":"user","content":"\n","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(14,0,'😀','{"id":"😀","name":"name","role":"user","content":"😀","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(14,1,'a','{"id":"a","name":"name","role":"user","content":"😀","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(15,0,'1','{"id":"1","name":"name","role":"user","content":"beside","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,2,'1','{"id":"1","name":"name","role":"user","content":"text","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,3,'2','{"id":"2","name":"name","role":"user","content":[{"type":"text","text":"NUL \u0000, emoji 😀, quote \" and \\u0000; a line\nand a tab\t"},{"type":"tool_use","id":"1","name":"f","input":{"n":1208925819614629174706176,"f":1.5,"z":null}}],"metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,4,'4','{"id":"4","name":"tool","role":"system","content":[{"type":"text","text":"NUL \u0000, emoji 😀, quote \" and \\u0000; a line\nand a tab\t"},{"type":"tool_use","id":"1","name":"f","input":{"n":1208925819614629174706176,"f":1.5,"z":null}}],"metadata":{"deep":[[{"é":true}]]},"timestamp":"2026-01-02 03:04:05.678","invocation_id":"run-1"}');
INSERT INTO "memcert_messages" VALUES(19,5,'more 0','{"id":"more 0","name":"name","role":"user","content":"0","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,6,'more 1','{"id":"more 1","name":"name","role":"user","content":"1","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,7,'more 3','{"id":"more 3","name":"name","role":"user","content":"3","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,8,'more 4','{"id":"more 4","name":"name","role":"user","content":"4","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,9,'more 5','{"id":"more 5","name":"name","role":"user","content":"5","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,10,'more 6','{"id":"more 6","name":"name","role":"user","content":"6","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,11,'more 7','{"id":"more 7","name":"name","role":"user","content":"7","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,12,'more 8','{"id":"more 8","name":"name","role":"user","content":"8","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,13,'more 9','{"id":"more 9","name":"name","role":"user","content":"9","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,14,'more 10','{"id":"more 10","name":"name","role":"user","content":"10","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,15,'more 11','{"id":"more 11","name":"name","role":"user","content":"11","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,16,'more 12','{"id":"more 12","name":"name","role":"user","content":"12","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,17,'more 13','{"id":"more 13","name":"name","role":"user","content":"13","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,18,'more 14','{"id":"more 14","name":"name","role":"user","content":"14","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,19,'more 15','{"id":"more 15","name":"name","role":"user","content":"15","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,20,'more 16','{"id":"more 16","name":"name","role":"user","content":"16","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,21,'more 17','{"id":"more 17","name":"name","role":"user","content":"17","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,22,'more 18','{"id":"more 18","name":"name","role":"user","content":"18","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,23,'more 19','{"id":"more 19","name":"name","role":"user","content":"19","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(19,24,'3','{"id":"3","name":"name","role":"user","content":"again","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
INSERT INTO "memcert_messages" VALUES(20,0,'😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀','{"id":"😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀","name":"name","role":"user","content":"text","metadata":{},"timestamp":"2026-01-01 00:00:00.000","invocation_id":null}');
CREATE TABLE memcert_spaces (
	id INTEGER NOT NULL, 
	user_id VARCHAR(255) NOT NULL, 
	session_id VARCHAR(255) NOT NULL, 
	summary TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	next_number INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT memcert_spaces_key UNIQUE (user_id, session_id)
);
INSERT INTO "memcert_spaces" VALUES(1,'alice','chat','"so far: \u0000 😀 \"quoted\" \\ ;\n"',23,25);
INSERT INTO "memcert_spaces" VALUES(2,'a','chat','""',13,13);
INSERT INTO "memcert_spaces" VALUES(3,'A','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(4,'a ','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(5,'á','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(6,'á','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(7,'%','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(8,'_','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(9,'''','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(10,'"','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(11,'\','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(12,'{}','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(13,'
','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(14,'😀','chat','""',2,2);
INSERT INTO "memcert_spaces" VALUES(15,'alice','chat ','""',1,1);
INSERT INTO "memcert_spaces" VALUES(16,'bob','emptied','"what was there"',0,2);
INSERT INTO "memcert_spaces" VALUES(17,'bob','summary only','"s"',0,0);
INSERT INTO "memcert_spaces" VALUES(18,'bob','deleted','""',0,2);
INSERT INTO "memcert_spaces" VALUES(19,'bob','replaced','"so far: \u0000 😀 \"quoted\" \\ ;\n"',23,25);
INSERT INTO "memcert_spaces" VALUES(20,'uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu','💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯💯','""',1,1);
CREATE TRIGGER memcert_spaces_replace BEFORE INSERT ON memcert_spaces WHEN NEW.size IS NULL BEGIN INSERT INTO memcert_spaces (user_id, session_id, summary, size, next_number) VALUES (NEW.user_id, NEW.session_id, NEW.summary, NEW.next_number, NEW.next_number) ON CONFLICT (user_id, session_id) DO UPDATE SET summary = excluded.summary, size = excluded.size, next_number = next_number + excluded.next_number; DELETE FROM memcert_marks WHERE space_id = (SELECT id FROM memcert_spaces WHERE user_id = NEW.user_id AND session_id = NEW.session_id); DELETE FROM memcert_messages WHERE space_id = (SELECT id FROM memcert_spaces WHERE user_id = NEW.user_id AND session_id = NEW.session_id); SELECT RAISE(IGNORE); END;
COMMIT;
